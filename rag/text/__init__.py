"""Words, numbers, names and dates in English news text: what every other room reads with.

Invariant: nothing here knows of questions, stores or models.
"""

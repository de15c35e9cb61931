"""Does a source state this? Checks of claims, copies, conflicts and saved answers.

Invariant: nothing here asks which kind of question was asked; it only compares texts.
"""

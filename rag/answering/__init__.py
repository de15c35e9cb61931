"""Hits to an Answer: written, checked, repaired or withheld."""

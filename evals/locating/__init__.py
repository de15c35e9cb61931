"""Teaches the embedded model which sentence states an answer: `python -m evals fit-locator`."""

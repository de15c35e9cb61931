"""Fits how surely a sentence states an answer: `python -m evals fit-evidence`."""

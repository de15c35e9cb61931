"""Teaches the embedded model whether sources say a claim: `python -m evals fit-entailment`."""

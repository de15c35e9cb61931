"""Measures how faithful and how complete answers are, and how far the judge can be trusted.

A run (`session.py`, `runner.py`) asks questions of `datasets` to `systems`, has `judges` say what
the evidence supports, counts with `scorers` and shows it with `report`. What stands beside a run:
`coverage` (which points an answer states), `benchmarks` (speed and scale), `evidence` (what is
fitted), `teaching` (what the embedded model is taught).
"""

"""Measures how faithful answers are, and how far the judge that says so can be trusted."""

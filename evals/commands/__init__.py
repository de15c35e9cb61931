"""The commands of `python -m evals`, by what they are about; `evals/cli.py` lists them."""

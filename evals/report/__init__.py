"""What is shown of a run: the page, the tables, two runs side by side, the gates."""

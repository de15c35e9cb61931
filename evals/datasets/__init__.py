"""What is asked: examples with their gold, read from files or drafted from articles."""

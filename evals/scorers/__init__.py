"""What is counted of the answers: a function a suite, each figure with its interval."""

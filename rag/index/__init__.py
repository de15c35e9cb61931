"""What is kept: the catalogue is the truth, vectors and lexical index are derived from it."""

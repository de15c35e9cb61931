"""How fast this machine answers and how that grows, each figure beside the bare cost of it."""

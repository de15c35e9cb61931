"""Does the evidence support the claim? The judge, what it weighs, and how far it is right."""

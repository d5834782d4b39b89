"""Reusable parts of the program: typed arguments in, outputs out."""

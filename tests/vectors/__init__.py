"""Frozen vectors, and the scripts that made them."""

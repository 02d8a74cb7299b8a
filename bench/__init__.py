"""Measurements, each one command: `python -m bench.transfer` and its neighbours.

May import: everything, the tests' helpers too. The product imports nothing of it.
Start at: README.md.
"""

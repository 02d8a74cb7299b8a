"""Measurements, each one command: `python -m bench.transfer` and its neighbours.

May import: everything, the tests' helpers too. Nothing imports it. Start at: RESULTS.md.
"""

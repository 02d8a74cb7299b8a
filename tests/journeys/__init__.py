"""Whole journeys: real clients, a real store over TLS, nothing replaced.

Start at test_main_job.py.
"""

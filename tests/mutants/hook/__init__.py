"""On PYTHONPATH of the programs that a trial starts; see `wound.py`."""

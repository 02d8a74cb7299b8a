"""Taking checks out of the product one at a time, to see that a test notices: `make mutants`.

`sites.py` finds the checks in the source, `wounds.json` lists the attacks and the check that stops
each, `hook/` puts one change into a running program without touching a file, `run.py` is the
command.
"""

"""Fuzzing of every reader of bytes from outside (I34, A29): `make fuzz SECONDS=...`.

`table.py` lists the targets. `made.py` makes valid values of any record or message from its type,
`mutate.py` changes one thing in them, `campaign.py` lets atheris search by coverage, and
`test_readers.py` repeats the kept corpus and a bounded number of mutations in every test run.
Spec: docs/protocol/91-fuzzing.md.
"""

"""The protocol checked by machine: `make model` searches the models of docs/protocol/model/.

`checks.py` is the table of properties, each beside a variant of the protocol in which it fails;
`maude.py` runs a search. Spec: docs/protocol/92-model.md.
"""

"""The access log as members check it."""

from __future__ import annotations

from centralstore import logproofs
from centralstore.database import Transaction
from centralstore.service import Service
from centralstore.web import Call
from protocol.api.logs import CheckpointReply, ConsistencyReply, OwnRowsReply


def read_checkpoint(service: Service, tx: Transaction, call: Call) -> CheckpointReply:
    """GET /access-log/checkpoint."""
    return logproofs.head(tx, service.key)


def read_consistency(service: Service, tx: Transaction, call: Call) -> ConsistencyReply:
    """GET /access-log/consistency?from=A&to=B."""
    return logproofs.consistency(tx, call.number("from", 0), call.number("to", 0))


def read_rows(service: Service, tx: Transaction, call: Call) -> OwnRowsReply:
    """GET /access-log/rows?from=A&to=B."""
    return logproofs.own_rows(tx, call.number("from", 0), call.number("to", 0))

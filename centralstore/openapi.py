"""The OpenAPI 3.1 document, made from the route table and the msgspec types of protocol.api.

Spec: docs/protocol/70-store.md §2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from centralstore.web import JSON, PROBLEM, Endpoint
from protocol.api.accounts import Problem

_REFERENCE: Final = "#/components/schemas/{name}"
_NUMBERS: Final = frozenset({"number", "after", "limit", "wait", "from", "to"})
_DIGESTS: Final = frozenset({"head"})
_BINARY: Final = "application/octet-stream"
_STREAM: Final = "text/event-stream"


def document(endpoints: Iterable[Endpoint]) -> bytes:
    """The document as JSON bytes."""
    table = tuple(endpoints)
    types: list[type[msgspec.Struct]] = [Problem]
    for endpoint in table:
        types += [kind for kind in (endpoint.takes, endpoint.gives) if kind is not None]
    unique = list(dict.fromkeys(types))
    _, components = msgspec.json.schema_components(unique, ref_template=_REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in table:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "jitstore",
                "version": "1",
                "description": "A blind, temporary store for joint investigation teams.",
            },
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": f"{endpoint.method.lower()}-{endpoint.operation}",
        "summary": endpoint.summary,
        "security": [{"session": []}] if endpoint.signed_in else [],
        "responses": {
            str(endpoint.status): _success(endpoint),
            "default": {
                "description": "A problem (RFC 9457)",
                "content": {PROBLEM: {"schema": _reference(Problem)}},
            },
        },
    }
    parameters = [_parameter(name, "path") for name in re.findall(r"{(\w+)}", endpoint.path)]
    parameters += [_parameter(name, "query") for name in endpoint.query]
    if parameters:
        found["parameters"] = parameters
    if endpoint.takes is not None:
        content = {JSON: {"schema": _reference(endpoint.takes)}}
        found["requestBody"] = {"required": True, "content": content}
    elif endpoint.binary and endpoint.method == "PUT":
        found["requestBody"] = {"required": True, "content": {_BINARY: {}}}
    return found


def _success(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {"description": endpoint.summary}
    if endpoint.gives is not None:
        found["content"] = {JSON: {"schema": _reference(endpoint.gives)}}
    elif endpoint.binary and endpoint.method == "GET":
        found["content"] = {endpoint.binary: {}}
    return found


def _parameter(name: str, place: str) -> dict[str, Any]:
    digits = 64 if name in _DIGESTS else 32
    schema: dict[str, Any] = (
        {"type": "integer", "minimum": 0}
        if name in _NUMBERS
        else {"type": "string", "pattern": f"^[0-9a-f]{{{digits}}}$"}
    )
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _reference(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(name=kind.__name__)}

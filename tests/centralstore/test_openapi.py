"""Every operation of the OpenAPI document, asked with made-up requests, signed in and not.

Schemathesis makes the requests from the document that the store serves, good ones and bad ones,
and holds every answer to it: no failure of the store, no status, type or shape that is not stated.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from centralstore import openapi
from centralstore.configuration import FILE
from centralstore.routes.table import ENDPOINTS
from protocol.api import paths
from tests.centralstore.client import Device, enrolled, wire
from tests.centralstore.team import Team, open_space
from tests.support.store import StoreHandle, made_store

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = int(os.environ.get("JIT_OPENAPI_EXAMPLES", "8"))
SCHEMA = schemathesis.openapi.from_dict(json.loads(openapi.document(ENDPOINTS)))
SCHEMA.config.generation.update(modes=list(GenerationMode))
# Waits hold a request for as long as it says; streams end with the session.
QUICK = SCHEMA.exclude(path=paths.EVENTS)
Asked = Case[Any]
FEW = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Api:
    """A store whose limits do not get in the way, and a member of a space in it."""

    def __init__(self, store: StoreHandle) -> None:
        self.store = store
        self.device: Device = enrolled(store, "ana")
        self.team: Team = open_space(self.device)
        self.session = requests.Session()
        self.session.trust_env = False
        self.pinned = str(store.data_dir / "keys" / "tls.crt")

    def ask(self, case: Asked, token: str | None) -> Response:
        """Send a made-up request, as this device or as a stranger."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        query = dict(case.query or {})
        if "wait" in query:
            query["wait"] = 0
        ids = {"space": self.team.space.hex(), "user": self.device.person.user.hex()}
        case.query = query
        for name, value in ids.items():
            # Half of the requests reach what is there; the others name what is not.
            if name in case.path_parameters and len(str(case.body)) % 2:
                case.path_parameters[name] = value
        response = case.call(
            base_url=self.store.url,
            session=self.session,
            headers=headers,
            timeout=120,
            verify=self.pinned,
        )
        case.validate_response(response, checks=CHECKS)
        return response


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    store = made_store(tmp_path_factory.mktemp("api"))
    with (store.data_dir / FILE).open("a") as file:
        file.write("address_rate = 0\ndevice_rate = 0\naccount_rate = 0\n")
    store.start()
    yield Api(store)
    store.stop()


@QUICK.parametrize()
@FEW
def test_what_a_member_asks_is_answered_as_the_document_says(case: Asked, api: Api) -> None:
    if not _still_signed_in(api):
        assert api.device.sign_in().status_code == 201

    api.ask(case, api.device.token)


def _still_signed_in(api: Api) -> bool:
    return api.device.ask("GET", paths.DEVICES).is_success


@QUICK.parametrize()
@FEW
def test_what_a_stranger_asks_is_answered_as_the_document_says(case: Asked, api: Api) -> None:
    answer = api.ask(case, None)

    if case.operation.definition.raw["security"]:
        assert answer.status_code in {401, 405}


def test_the_document_is_the_one_that_is_served(api: Api) -> None:
    with wire(api.store) as http:
        assert http.get(paths.OPENAPI).json() == json.loads(openapi.document(ENDPOINTS))


def _operations() -> Iterator[Any]:
    for found in QUICK.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def test_every_route_is_in_the_document_and_is_asked() -> None:
    document = json.loads(openapi.document(ENDPOINTS))
    stated = {(path, method) for path, one in document["paths"].items() for method in one}
    asked = {(one.path, one.method) for one in _operations()}

    assert stated == {(one.path, one.method.lower()) for one in ENDPOINTS}
    assert stated - asked == {(paths.EVENTS, "get")}

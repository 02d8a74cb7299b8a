"""The ASGI application: the route table on Starlette, problems everywhere, hardened headers."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from centralstore import doorway, openapi, web
from centralstore.errors import unknown
from centralstore.metrics import NOWHERE
from centralstore.routes.table import ENDPOINTS
from centralstore.service import Service
from protocol.api import paths
from protocol.errors import BadInputError, JitError

_ALLOW: Final = "allow"


def application(service: Service) -> ASGIApp:
    """The store as an ASGI application."""
    by_path: dict[str, dict[str, ASGIApp]] = {}
    for endpoint in ENDPOINTS:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = web.route(service, endpoint)
    document = openapi.document(ENDPOINTS)

    async def describe(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            doorway.throttle(service, request)
            response = Response(document, media_type=web.JSON)
        except JitError as error:
            response = web.refuse(service, error)
        await response(scope, receive, send)

    by_path[paths.OPENAPI] = {"GET": describe}

    async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
        await _refused(service, unknown(), scope, receive, send)

    routes = [Route(path, _by_method(service, methods)) for path, methods in by_path.items()]
    router = Router(routes=routes, redirect_slashes=False, default=nowhere)
    return web.hardened(router)


def _by_method(service: Service, methods: dict[str, ASGIApp]) -> ASGIApp:
    allowed = ", ".join(sorted(methods))

    class Methods:
        """A class, so that Starlette hands it the scope as it is."""

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            app = methods.get(scope["method"])
            if app is not None:
                await app(scope, receive, send)
                return
            error = BadInputError(f"Here one may only use {allowed}.", code="usage")
            await _refused(service, error, scope, receive, send, allow=allowed)

    return Methods()


async def _refused(
    service: Service,
    error: JitError,
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    allow: str = "",
) -> None:
    """Answer for what is no route; strangers are limited here as well."""
    try:
        doorway.throttle(service, Request(scope))
    except JitError as busy:
        error, allow = busy, ""
    response = web.refuse(service, error)
    service.metrics.request(NOWHERE, response.status_code, 0.0)
    if allow:
        response.headers[_ALLOW] = allow
    await response(scope, receive, send)

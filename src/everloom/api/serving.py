"""Serve the API with uvicorn until a signal ends it."""

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import uvicorn

from everloom.core import Conflict
from everloom.settings import Settings

from .app import create_app


class ApiPortTaken(Conflict):
    """Another process listens where the API is to listen."""

    code = "api-port-taken"


def serve(settings: Settings, listening: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished first.

    Args:
        settings: What the API is made of, and where it listens.
        listening: Called once the port is ours.

    Raises:
        ApiPortTaken: Another process listens there.
        CatalogInvalid: Something is wrong with the code of the packages.
        RoutesInvalid: An application's module `routes` cannot be used.
    """
    app = create_app(settings)
    listener = _listen(settings.api.host, settings.api.port)
    config = uvicorn.Config(
        app,
        log_config=None,  # logs are set up already, and look like all others
        access_log=False,  # the edge writes one line a request, with its id
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    listening()
    with listener, suppress(_Stopped):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        uvicorn.Server(config).run(sockets=[listener])


class _Stopped(Exception):
    """A signal asked the server to end."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Uvicorn raises a signal anew once it has ended in order: that is what was wanted, no failure."""
    raise _Stopped


def _listen(host: str, port: int) -> socket.socket:
    """Bind before uvicorn does: it would log a clash and exit instead of raising."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ApiPortTaken(
            f"The API cannot listen on {host}:{port}: {error.strerror}.",
            hint="Set another `api.port`, or stop what listens there.",
        ) from None
    return listener

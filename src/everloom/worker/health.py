"""`/healthz` and `/readyz` of the workers, over HTTP.

Alive means that the parent process answers. Ready means that every worker process polls all its
queues and reaches Temporal; else the answer is 503, with the reasons.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from typing_extensions import override

from .errors import HealthPortTaken
from .seat import Readiness


def bind(host: str, port: int, *, else_any: bool = False) -> socket.socket:
    """A listening socket; on a free port when the wanted one is taken and `else_any` is set.

    Raises:
        HealthPortTaken: Something else listens there, or the address is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        if not else_any:
            listening.close()
            raise HealthPortTaken(host, port, (error.strerror or str(error)).lower()) from None
        listening.bind((host, 0))
    listening.listen()
    return listening


@asynccontextmanager
async def serving_health(
    listening: socket.socket, ask: Callable[[], Awaitable[Readiness]]
) -> AsyncGenerator[str]:
    """Answer on the socket until the block ends; gives the address."""

    async def healthz(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> JSONResponse:
        readiness = await ask()
        document = {
            "status": "not ready" if readiness.reasons else "ready",
            "reasons": list(readiness.reasons),
            "processes": [asdict(report) for report in readiness.processes],
        }
        return JSONResponse(document, status_code=503 if readiness.reasons else 200)

    app = Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz)])
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    host, port = listening.getsockname()[:2]
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        server.should_exit = True
        await serving
        listening.close()


class _Server(uvicorn.Server):
    @override
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals are the supervisor's: it drains the workers before anything ends."""
        yield

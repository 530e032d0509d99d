"""What definitions refer to from outside: schemas, scripts, a service's proto, a catalog of functions."""

import base64
from textwrap import dedent

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from .greeter import PROTO

ORDER_SCHEMA = '{"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}'

SCRIPT = """import sys
print("outside", *sys.argv[1:], end="")
"""

FUNCTIONS = {
    "double/1.0.0": """
        input:
          schema:
            document:
              type: object
              required: [ number ]
        set:
          result: ${ .number * 2 }
        """,
    "double/2.0.0": """
        set:
          result: ${ .number * 2 }
          version: 2
        """,
    "mirror/1.0.0": """
        call: http
        with:
          method: post
          endpoint: https://shop.example/anything/function
          body:
            said: ${ .message }
        output:
          as: .json
        """,
}
"""The catalog: name and version, and the task that they stand for."""


async def _schema(_: Request) -> Response:
    return Response(ORDER_SCHEMA, media_type="application/schema+json")


async def _script(_: Request) -> Response:
    return PlainTextResponse(SCRIPT)


async def _proto(_: Request) -> Response:
    return PlainTextResponse(PROTO)


async def _secured(request: Request) -> Response:
    wanted = base64.b64encode(b"reader:of-documents").decode()
    if request.headers.get("authorization") != f"Basic {wanted}":
        return Response(status_code=401)
    return Response(ORDER_SCHEMA, media_type="application/schema+json")


async def _function(request: Request) -> Response:
    key = f"{request.path_params['name']}/{request.path_params['version']}"
    text = FUNCTIONS.get(key)
    return PlainTextResponse(dedent(text)) if text else Response(status_code=404)


DOCUMENTS = [
    Route("/schemas/order.json", _schema),
    Route("/secured/order.json", _secured),
    Route("/scripts/outside.py", _script),
    Route("/protos/greeter.proto", _proto),
    Route("/shelf/functions/{name}/{version}/function.yaml", _function),
]

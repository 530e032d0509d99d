"""The page `/docs`. Its script and style come from here, so it works without the internet."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Styles in attributes are how Swagger UI draws; scripts come from files only."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{root}/docs/favicon.png">
<link rel="stylesheet" href="{root}/docs/swagger-ui.css">
</head>
<body>
<div id="page" data-openapi="{root}/openapi.json"></div>
<noscript>This page needs JavaScript; the document itself is at {root}/openapi.json.</noscript>
<script src="{root}/docs/swagger-ui-bundle.js"></script>
<script src="{root}/docs/start.js"></script>
</body>
</html>
"""

_START = """const page = document.getElementById("page");
SwaggerUIBundle({
  url: page.dataset.openapi,
  domNode: page,
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
"""

_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}


@router.get("/docs")
async def page(request: Request) -> HTMLResponse:
    """The API's documentation for people."""
    root: str = request.scope.get("root_path", "")
    html = _PAGE.format(root=root.rstrip("/"), title=request.app.title)
    return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY})


@router.get("/docs/start.js")
async def start_script() -> Response:
    """The few lines that start Swagger UI; a file, so that the page needs no inline script."""
    return Response(_START, media_type="text/javascript")


@router.get("/docs/{name}")
async def file(name: Annotated[str, InPath()]) -> FileResponse:
    """One of Swagger UI's own files."""
    if name not in _FILES:
        raise HTTPException(404)
    return FileResponse(_folder() / name, media_type=_FILES[name])


def _folder() -> Path:
    """Where the package that carries Swagger UI put it; only its files are used, not its code."""
    spec = find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        raise HTTPException(404)
    return Path(spec.origin).parent / "static"

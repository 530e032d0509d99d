"""How the API describes itself: problems have a media type of their own, on every route."""

from typing import Any

from fastapi import FastAPI
from typing_extensions import override

from .problems import MEDIA_TYPE, ProblemDocument

PROBLEM_ANSWER: dict[int | str, dict[str, Any]] = {
    "default": {"description": "The request failed", "model": ProblemDocument}
}
"""What every route may answer besides its own."""


class DescribedApi(FastAPI):
    """FastAPI calls every additional answer plain JSON; here problems are called what they are."""

    @override
    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        document = super().openapi()
        for methods in document["paths"].values():
            for described in methods.values():
                content = described["responses"]["default"]["content"]
                if "application/json" in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
        return document

"""Annotations of the application's code, or what is wrong with them and where."""

from collections.abc import Callable
from typing import Any, get_type_hints

from everloom.authoring import Place
from everloom.core import Problem

from .entries import CatalogInvalid


def hints_of(function: Callable[..., Any], name: str, place: Place) -> dict[str, Any]:
    """The annotations of a function.

    Args:
        function: What is annotated.
        name: What people call it.
        place: Where it is written.

    Raises:
        CatalogInvalid: One of them cannot be read.
    """
    try:
        return get_type_hints(function)
    except Exception as error:
        problem = Problem(
            "module-broken",
            f"The annotations of `{name}` cannot be read: {type(error).__name__}: {error}.",
            "Import the types where they are used.",
            str(place),
        )
        raise CatalogInvalid("One thing is wrong with the code.", problems=[problem]) from error

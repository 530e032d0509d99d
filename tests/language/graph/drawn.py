"""Definitions to draw, and what stands in their pictures."""

from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from everloom.language.models.workflow import WorkflowDefinition

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Described:
    """A definition's model, without the rest of it."""

    model: WorkflowDefinition


def define(*tasks: dict[str, Any], **more: Any) -> Described:
    """A definition of these tasks."""
    document = {"dsl": "1.0.3", "namespace": "shop", "name": "order", "version": "1.2.3"}
    document |= more.pop("document", {})
    value = {"document": document, "do": list(tasks), **more}
    return Described(WorkflowDefinition.model_validate(value))


def put(name: str, **more: Any) -> dict[str, Any]:
    """A task that sets something."""
    return {name: {"set": {"a": 1}, **more}}


def get(name: str, **more: Any) -> dict[str, Any]:
    """A task that calls something."""
    sent = {"method": "get", "endpoint": "https://shop.example/orders"}
    return {name: {"call": "http", "with": sent, **more}}


def switch(name: str, *cases: tuple[str, str | None, str]) -> dict[str, Any]:
    """A task that goes one of several ways."""
    listed = [
        {case: {"then": then} if when is None else {"when": when, "then": then}}
        for case, when, then in cases
    ]
    return {name: {"switch": listed}}


def elements(svg: str) -> list[Element]:
    """All elements of a picture."""
    return list(fromstring(svg).iter())  # noqa: S314 - of our own


def texts(svg: str) -> list[str]:
    """What is written in a picture, without its tooltips."""
    return [each.text or "" for each in elements(svg) if each.tag == f"{SVG}text"]


def tooltips(svg: str) -> list[str]:
    """What is told where the pointer rests."""
    return [each.text or "" for each in elements(svg) if each.tag == f"{SVG}title"]

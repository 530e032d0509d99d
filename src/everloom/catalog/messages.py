"""What a workflow class says about its messages, and cannot keep."""

from collections.abc import Iterator
from typing import get_args

from everloom.authoring import MessageKind, find_workflow_binding, messages_of, place_of
from everloom.core import Problem

from .entries import Catalog


def check_messages(catalog: Catalog) -> Iterator[Problem]:
    """Methods that would take messages of any name, in classes of ours.

    A name that somebody misspelt could not be refused there. Plain SDK classes may have them.
    """
    kinds: tuple[MessageKind, ...] = get_args(MessageKind)
    for entry in catalog.workflows:
        if find_workflow_binding(entry.cls) is None:
            continue
        for kind in kinds:
            method = messages_of(entry.cls, kind).get(None)
            if method is not None:
                yield Problem(
                    "message-dynamic",
                    f"Workflow `{entry.name}` takes a {kind} of any name in `{method.__name__}`.",
                    f"Write a method for each {kind}, or one with a parameter that tells what is "
                    "meant: an unknown name is refused then, with those that are known.",
                    str(place_of(method)),
                )

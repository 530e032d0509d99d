"""Where does a path of pydantic's lead in the models? Tags of unions are told from keys by walking.

Pydantic names the chosen arm of a tagged union in its paths; such a name can be that of a key as
well (`do` is a kind of task, and its key), so only the models themselves can tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Discriminator, Tag

from everloom.core import Steps

_TASK_TAG = "call function"
"""A tag that only the union of all tasks has."""


@dataclass(frozen=True)
class Spot:
    """A place in a definition, and what the models want there."""

    steps: Steps
    """Keys and indexes, without tags."""
    owner: type[BaseModel] | None
    """The model that the last step is a key of; None elsewhere."""
    wanted: Any
    """The annotation of the value; None when the models say nothing."""
    task: Steps | None
    """The innermost task around it, or itself; None outside of tasks."""


def spot_of(root: type[BaseModel], path: Sequence[str | int]) -> Spot:
    """Follow a path of pydantic's through the models."""
    steps: list[str | int] = []
    wanted: Any = root
    owner: type[BaseModel] | None = None
    task: Steps | None = None
    for part in path:
        arm = arm_named(wanted, part)
        if arm is not None:
            task = tuple(steps) if _TASK_TAG in tags_of(wanted) else task
            wanted = arm
            continue
        plain = _plain(wanted)
        owner = plain if _is_model(plain) else None
        if part == "[key]":
            break
        steps.append(part)
        wanted = _inner(plain, part)
    if _TASK_TAG in tags_of(wanted):
        task = tuple(steps)
    return Spot(tuple(steps), owner, wanted, task)


def arm_named(annotation: Any, name: str | int) -> Any:
    """The arm of a tagged union that carries this tag; None when it is no tagged union."""
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        if any(isinstance(mark, Discriminator) for mark in marks):
            return next((arm for arm in get_args(inner) if _tag(arm) == name), None)
        return arm_named(inner, name)
    if _is_union(annotation):
        arms = (arm_named(arm, name) for arm in get_args(annotation))
        return next((arm for arm in arms if arm is not None), None)
    return None


def tags_of(annotation: Any) -> list[str]:
    """The tags of a tagged union."""
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        if any(isinstance(mark, Discriminator) for mark in marks):
            return [str(_tag(arm)) for arm in get_args(inner)]
        return tags_of(inner)
    if _is_union(annotation):
        return [tag for arm in get_args(annotation) for tag in tags_of(arm)]
    return []


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of a part, as the standard spells them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _tag(arm: Any) -> str | None:
    marks = get_args(arm)[1:] if get_origin(arm) is Annotated else ()
    return next((mark.tag for mark in marks if isinstance(mark, Tag)), None)


def _plain(annotation: Any) -> Any:
    """An annotation without marks and without None."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif _is_union(annotation):
            arms = [arm for arm in get_args(annotation) if arm is not NoneType]
            if len(arms) != 1:
                return annotation
            annotation = arms[0]
        else:
            return annotation


def _inner(plain: Any, part: str | int) -> Any:
    if _is_model(plain):
        for name, field in plain.model_fields.items():
            if part in {name, field.alias}:
                return Annotated[field.annotation, *field.metadata, None]
        return None
    arguments = get_args(plain)
    return arguments[-1] if arguments and not _is_union(plain) else None


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in {Union, UnionType}


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)

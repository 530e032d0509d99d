"""Every text of a definition that is or may hold an expression, as the models mark them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Discriminator, Tag

from everloom.core import Steps
from everloom.language.models.parts import ExpressionMark, MeaningMark, Part, ValueMark
from everloom.language.models.tasks import TaskBase
from everloom.language.reading import Json


@dataclass(frozen=True)
class Site:
    """A text that is or may hold an expression."""

    steps: Steps
    text: str
    is_bare: bool
    """Whether the whole text is an expression, with or without `${ }` around it."""
    may_use_secrets: bool
    """Whether it is evaluated in an activity."""
    meaning: str = ""
    """What its literal form is: `duration`, `address`, or nothing special."""


def sites_of(part: Part, steps: Steps, keys: Iterable[str] | None = None) -> Iterator[Site]:
    """The sites in a part, without those of tasks within it.

    Args:
        part: The part.
        steps: The way to it.
        keys: Only those under these keys. None: all.
    """
    wanted = None if keys is None else frozenset(keys)
    for name, field in type(part).model_fields.items():
        key = field.alias or name
        value = getattr(part, name)
        if name in part.model_fields_set and (wanted is None or key in wanted):
            yield from _sites(_annotation(type(part), name), value, (*steps, key))
    for key, value in (part.model_extra or {}).items():
        if wanted is None or key in wanted:
            yield from _in_value(value, (*steps, key), secrets=False)


@cache
def _annotation(model: type[BaseModel], name: str) -> Any:
    field = model.model_fields[name]
    return Annotated[field.annotation, *field.metadata, None]


def _sites(annotation: Any, value: Any, steps: Steps) -> Iterator[Site]:
    if value is None or isinstance(value, TaskBase):
        return
    plain, marks = _open(annotation, value)
    for mark in marks:
        if isinstance(mark, ExpressionMark) and isinstance(value, str):
            yield Site(steps, value, is_bare=True, may_use_secrets=False)
            return
        if isinstance(mark, ValueMark):
            meaning = next((each.meaning for each in marks if isinstance(each, MeaningMark)), "")
            yield from _in_value(value, steps, secrets=mark.secrets, meaning=meaning)
            return
    if isinstance(value, Part):
        yield from sites_of(value, steps)
        return
    inner = get_args(plain)[-1] if get_args(plain) else None
    if inner is None:
        return
    for step, each in _below(value):
        yield from _sites(inner, each, (*steps, step))


def _open(annotation: Any, value: Any) -> tuple[Any, list[Any]]:
    """The annotation that holds for a value, and its marks."""
    marks: list[Any] = []
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            marks.extend(more)
        elif get_origin(annotation) in {Union, UnionType}:
            annotation = _arm(annotation, marks, value)
        else:
            return annotation, marks


def _arm(union: Any, marks: list[Any], value: Any) -> Any:
    """The arm of a union that holds for a value."""
    arms = [arm for arm in get_args(union) if arm is not NoneType]
    if len(arms) == 1:
        return arms[0]
    chooser = next(mark for mark in marks if isinstance(mark, Discriminator))
    tag = chooser.discriminator(value) if callable(chooser.discriminator) else None
    marks.clear()
    return next(arm for arm in arms if _tag(arm) == tag)


def _tag(arm: Any) -> str | None:
    return next((mark.tag for mark in get_args(arm)[1:] if isinstance(mark, Tag)), None)


def _in_value(value: Json, steps: Steps, *, secrets: bool, meaning: str = "") -> Iterator[Site]:
    """The texts in a value; its keys are never expressions."""
    if isinstance(value, str):
        yield Site(steps, value, is_bare=False, may_use_secrets=secrets, meaning=meaning)
    for step, each in _below(value):
        yield from _in_value(each, (*steps, step), secrets=secrets)


def _below(value: Json) -> Iterator[tuple[str | int, Json]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        items: list[Json] = value  # pyright: ignore[reportUnknownVariableType] - JSON
        yield from enumerate(items)

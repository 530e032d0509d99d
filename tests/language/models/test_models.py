"""The models say the standard's words, keep expressions apart, and lose nothing."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, Discriminator
from tests.language.checking.test_definitions import PETS

from everloom.language import check_definition
from everloom.language.models import options, parts
from everloom.language.models.tasks import KINDS, TaskBase, kind_of
from everloom.language.models.workflow import WorkflowDefinition


def every_model(model: type[BaseModel], found: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """A model and all that it is made of."""
    if model not in found:
        found.add(model)
        for field in model.model_fields.values():
            for inner in models_in(field.annotation):
                every_model(inner, found)
    return found


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


MODELS = sorted(
    every_model(WorkflowDefinition, set())
    | every_model(options.TaskOptions, set())
    | every_model(options.WorkflowOptions, set()),
    key=lambda model: model.__name__,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_misfit_is_one_problem(model: type[BaseModel]) -> None:
    """Every union is told by the value, so that pydantic never lists what each arm dislikes."""
    for name, field in model.model_fields.items():
        annotation = Annotated[field.annotation, *field.metadata, None]
        assert list(open_unions(annotation, told=False)) == [], name


def open_unions(annotation: Any, *, told: bool) -> Iterator[Any]:
    """The unions in an annotation that no discriminator tells apart."""
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        told = told or any(isinstance(mark, Discriminator) for mark in arguments[1:])
        yield from open_unions(arguments[0], told=told)
        return
    if get_origin(annotation) in {Union, UnionType}:
        arms = [arm for arm in arguments if arm is not type(None)]
        if len(arms) > 1 and not told:
            yield annotation
        for arm in arms:
            yield from open_unions(arm, told=told and len(arms) == 1)
        return
    for inner in arguments:
        yield from open_unions(inner, told=False)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nothing_is_ignored(model: type[BaseModel]) -> None:
    """No model takes keys that it does not know, but for the attributes of events."""
    allowed = "allow" if model.__name__ == "EventProperties" else "forbid"

    assert model.model_config.get("extra") == allowed
    assert model.model_config.get("frozen")
    assert model.model_config.get("strict")


def test_a_definition_comes_out_as_it_went_in() -> None:
    """In the standard's spelling, key for key."""
    definition = check_definition(PETS).definition
    assert definition is not None

    again = definition.model.model_dump(mode="json", by_alias=True, exclude_unset=True)

    assert again == definition.value


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_is_told_by_its_key(kind: str) -> None:
    """And a task that was built is told like one that was read."""
    assert (kind_of({kind: "x", "then": "end"}) or "").split()[0] == kind


def test_every_kind_of_task_has_the_keys_of_all() -> None:
    """`if`, `input`, `output`, `export`, `timeout`, `then` and `metadata`."""
    shared = set(TaskBase.model_fields)

    tasks = [model for model in MODELS if issubclass(model, TaskBase)]
    assert len(tasks) == 17
    assert all(shared <= set(model.model_fields) for model in tasks)
    assert all(model.__mro__[1] is TaskBase for model in tasks)


def test_true_is_no_number() -> None:
    """Although Python says so."""
    values: list[Any] = [True, 1, "x", [], {}, None, 1.5]

    assert [parts.json_kind(value) for value in values] == [
        None, "number", "text", "array", "object", None, None,
    ]  # fmt: skip

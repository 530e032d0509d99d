"""What is wrong with the settings, said so that it can be mended at once."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from everloom.core import Invalid, Problem, did_you_mean

Sources = Mapping[tuple[str, ...], str]
"""Where each given value came from: a variable's name, or a file's."""


class SettingsInvalid(Invalid):
    """Some settings are misspelt or have a value that does not fit."""

    code = "settings-invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = "One setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        super().__init__(
            f"{count} wrong.",
            hint="`everloom settings schema` lists every setting with its meaning, also now.",
            problems=problems,
        )


def problems_of(
    error: ValidationError,
    model: type[BaseModel],
    above: tuple[str, ...] = (),
    sources: Sources | None = None,
) -> list[Problem]:
    """Pydantic's errors in our words; values of secrets are never repeated."""
    return [
        _problem_of(detail, model, above, sources or {})
        for detail in error.errors(include_url=False, include_context=False)
    ]


def _problem_of(
    detail: ErrorDetails, model: type[BaseModel], above: tuple[str, ...], sources: Sources
) -> Problem:
    location = tuple(str(part) for part in detail["loc"])
    path = (*above, *location)
    name = ".".join(path)
    place = _source(sources, path)
    if detail["type"] == "extra_forbidden":
        known = _fields_at(model, location[:-1])
        return Problem(
            "setting-unknown",
            f"There is no setting `{name}`.",
            did_you_mean(location[-1], known),
            place,
        )
    if detail["type"] == "missing":
        return Problem("setting-missing", f"`{name}` has no value.", "Give it one.", place)
    said = detail["msg"].removeprefix("Value error, ")
    return Problem("setting-value", f"`{name}` does not fit: {said}.", "", place)


def _source(sources: Sources, path: tuple[str, ...]) -> str:
    """The source of the nearest given value at or above `path`."""
    for length in range(len(path), 0, -1):
        if path[:length] in sources:
            return sources[path[:length]]
    below = [source for given, source in sources.items() if given[: len(path)] == path]
    return below[0] if below else ""


def _fields_at(model: type[BaseModel], location: tuple[str, ...]) -> list[str]:
    current: type[BaseModel] = model
    for part in location:
        field = current.model_fields.get(part)
        inner: object = field.annotation if field is not None else None
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            current = inner
        elif found := _model_in(inner):  # pyright: ignore[reportUnknownArgumentType] - any annotation
            current = found
    return list(current.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model among an annotation's arguments, as in `dict[str, QueueProfile]`."""
    for argument in getattr(annotation, "__args__", ()):
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument
    return None

"""Whatever somebody gives us as a definition, read: a value with places, or problems. Never a crash."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from everloom.language.problems import DefinitionProblem, problem

from .composing import Composer, Stopped
from .insides import place_inside
from .limits import MAX_BYTES
from .nodes import NOWHERE, Found, Json, Node, Span, find
from .parsed import Adopter, Unfit
from .syntax import explain
from .texts import FORBIDDEN, SourceText

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Reading:
    """What became of a text."""

    root: Node | None
    """None when nothing could be made of it."""
    problems: list[DefinitionProblem] = field(default_factory=list[DefinitionProblem])
    text: str = ""
    """The text as it was given; empty when it was parsed before."""

    @property
    def value(self) -> Json:
        """The JSON value."""
        return None if self.root is None else self.root.value

    def find(self, pointer: str) -> Found:
        """The part that a pointer leads to, or the nearest above it."""
        return find(self.root or Node("scalar", None, NOWHERE), pointer)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return re.split(r"\r\n|\r|\n", self.text)

    def place_inside(self, pointer: str, offset: int) -> Span:
        """Where a character of a text stands; where the text begins when that is not certain."""
        node = self.find(pointer).node
        return place_inside(node, offset, self.lines) if self.text else node.place

    def problem(
        self, code: str, pointer: str, message: str, hint: str = "", *, at_key: bool = False
    ) -> DefinitionProblem:
        """A problem with the part that a pointer leads to."""
        found = self.find(pointer)
        place = found.key_place if at_key else found.place
        return problem(code, pointer, place, message, hint=hint)


def read(source: str | bytes | Mapping[str, Json]) -> Reading:
    """Read a definition: YAML, JSON, or a parsed value."""
    if isinstance(source, Mapping):
        return _adopt(source)
    if not isinstance(source, (str, bytes)):  # pyright: ignore[reportUnnecessaryIsInstance] - a line of a list may hold anything
        return _refused(_no_object(Node("scalar", source, NOWHERE)))
    if isinstance(source, bytes):
        if len(source) > MAX_BYTES:
            return _refused(_too_large())
        try:
            source = source.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return _refused(_not_utf8(source, error))
    return _read_text(source.removeprefix("\ufeff"))


def _adopt(value: Mapping[str, Json]) -> Reading:
    adopter = Adopter()
    try:
        return Reading(adopter.adopt(value), adopter.problems)
    except Unfit:
        return Reading(None, adopter.problems)


def _read_text(text: str) -> Reading:
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        return _refused(_too_large())
    source = SourceText(text)
    if found := FORBIDDEN.search(source.read):
        return _refused(_forbidden(found[0], source.place(found.start())))
    composer = Composer(source)
    try:
        composer.compose(_events(source.read))
    except Stopped:
        return Reading(None, composer.problems, text)
    except yaml.YAMLError as error:
        return Reading(None, [*composer.problems, _syntax(error, source)], text)
    if not isinstance(composer.root, Node) or composer.root.kind != "object":
        composer.problems.append(_no_object(composer.root))
        return Reading(None, composer.problems, text)
    return Reading(composer.root, composer.problems, text)


def _events(text: str) -> Iterator[Any]:
    return yaml.parse(text, Loader=_LOADER)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - PyYAML is not typed


def _refused(found: DefinitionProblem) -> Reading:
    return Reading(None, [found])


def _too_large() -> DefinitionProblem:
    return problem(
        "too-large",
        "",
        (1, 1),
        f"The definition is longer than {MAX_BYTES // 1024} KiB.",
        hint="Move data out of it, or split it into workflows that run each other.",
    )


def _not_utf8(source: bytes, error: UnicodeDecodeError) -> DefinitionProblem:
    before = source[: error.start].decode(errors="replace")
    return problem(
        "not-utf8",
        "",
        SourceText(before).given_place(len(before)),
        f"The byte {source[error.start]:#04x} is not UTF-8.",
        hint="Save the file as UTF-8.",
    )


def _forbidden(character: str, place: Span) -> DefinitionProblem:
    return problem(
        "character-not-allowed",
        "",
        place,
        f"The character U+{ord(character):04X} is not allowed here.",
        hint="Take it out, or write it as an escape in double quotes.",
    )


def _syntax(error: yaml.YAMLError, source: SourceText) -> DefinitionProblem:
    context: Any = getattr(error, "context_mark", None)
    mark: Any = getattr(error, "problem_mark", None) or context
    said = str(getattr(error, "problem", None) or getattr(error, "context", None) or error)
    # What is not closed is found where something else comes; it has to be mended where it begins.
    if context is not None and ("end of stream" in said or "expected ':'" in said):
        mark = context
    index = min(mark.index, len(source.read)) if mark else 0
    message, hint = explain(said, source.read[index : index + 1])
    return problem("syntax", "", source.place(index), message, hint=hint)


def _no_object(root: Node | None) -> DefinitionProblem:
    place = (1, 1) if root is None else root.place
    found = "there is nothing" if root is None or root.value is None else "there is something else"
    return problem(
        "not-a-definition",
        "",
        place,
        f"A definition is an object with `document` and `do`; {found}.",
        hint="Begin it with `document:`.",
    )

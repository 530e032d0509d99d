"""From YAML's events to values with places, within the limits and with nothing that JSON has not.

PyYAML would compose nodes by itself, but recursively, without limits, and with the tags and words
of YAML 1.1. Anchors and aliases are understood; merge keys (`<<`) are not part of YAML 1.2 and are
refused, because a key that silently became text would be worse.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from everloom.core import escape_step
from everloom.language.problems import DefinitionProblem, problem

from .limits import MAX_DEPTH, MAX_VALUES
from .nodes import Json, Member, Node, Span, Style
from .scalars import EXACT, NotANumber, Scalar, scalar_of
from .texts import SourceText

_STYLES: dict[str, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}


class Stopped(Exception):
    """Reading on would make no sense; what is wrong has been noted."""


@dataclass(slots=True)
class _Key:
    """A key that waits for its value."""

    name: str | None
    """None: the key cannot be, and its value is read for its own problems only."""
    place: Span
    order: int


@dataclass(slots=True)
class _Frame:
    """An object or list that is not complete yet."""

    node: Node
    path: str
    is_key: bool = False
    """Whether it stands where a key has to be."""
    key: _Key | None = None
    anchor: str | None = None


class Composer:
    """Makes one value of the events of one document."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._frames: list[_Frame] = []
        self._anchors: dict[str, Node | None] = {}
        self._values = 0
        self._documents = 0
        self.root: Node | None = None
        self.problems: list[DefinitionProblem] = []

    def compose(self, events: Iterable[Any]) -> None:
        """Take every event.

        Raises:
            Stopped: The text is beyond the limits, or no one definition.
        """
        for event in events:
            match event:
                case yaml.DocumentStartEvent():
                    self._begin_document(event)
                case yaml.MappingStartEvent():
                    self._open(event, Node("object", {}, self._place(event), self._values))
                case yaml.SequenceStartEvent():
                    self._open(event, Node("array", [], self._place(event), self._values))
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._close()
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.AliasEvent():
                    self._alias(event)
                case _:
                    pass

    def note(self, code: str, place: Span, message: str, hint: str = "") -> None:
        """Note a problem with what is read just now."""
        self.problems.append(problem(code, self._path(), place, message, hint=hint))

    def _place(self, event: Any) -> Span:
        return self._source.place(event.start_mark.index)

    def _path(self) -> str:
        if not self._frames:
            return ""
        frame = self._frames[-1]
        if frame.node.kind == "array":
            return f"{frame.path}/{len(frame.node.items)}"
        if frame.key is None or frame.key.name is None:
            return frame.path
        return f"{frame.path}/{escape_step(frame.key.name)}"

    def _stop(self, code: str, place: Span, message: str, hint: str = "") -> None:
        self.note(code, place, message, hint)
        raise Stopped

    def _begin_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(
                "several-documents",
                self._place(event),
                "A second document begins here.",
                "Keep each definition in a file of its own.",
            )

    def _open(self, event: Any, node: Node) -> None:
        self._check_tag(event)
        self._count(node.place)
        if len(self._frames) >= MAX_DEPTH:
            self._too_deep(node.place)
        is_key = self._wants_key()
        if event.anchor:
            self._anchors[event.anchor] = None
        path = "" if not self._frames else self._path()
        self._frames.append(_Frame(node, path, is_key, anchor=event.anchor))

    def _close(self) -> None:
        frame = self._frames.pop()
        if frame.anchor:
            self._anchors[frame.anchor] = frame.node
        if frame.is_key:
            self._key(None, frame.node)
        else:
            self._attach(frame.node)

    def _scalar(self, event: Any) -> None:
        self._check_tag(event)
        style: Style = _STYLES.get(event.style or "", "plain")
        place = self._place(event)
        self._count(place)
        text = self._source.restored(event.value)
        value = self._meaning(text, place) if style == "plain" else text
        node = Node("scalar", value, place, self._values, style)
        if event.anchor:
            self._anchors[event.anchor] = node
        if self._wants_key():
            self._key(text, node)
        else:
            self._attach(node)

    def _meaning(self, text: str, place: Span) -> Scalar:
        try:
            value = scalar_of(text)
        except NotANumber as error:
            self.note(
                "number-not-allowed",
                place,
                f"`{_short(text)}` {error}.",
                "Put it in quotes if a text is meant.",
            )
            return 0
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) > EXACT:
            self.note(
                "number-not-exact",
                place,
                f"{value} is so large that expressions would round it.",
                "Put it in quotes: ids are texts.",
            )
        return value

    def _alias(self, event: Any) -> None:
        place, name = self._place(event), str(event.anchor)
        node = self._anchors.get(name)
        if node is None:
            known = name in self._anchors
            said = "stands for a part that holds it itself" if known else "has no anchor before it"
            self.note(
                "alias-unknown",
                place,
                f"The alias `*{_short(name)}` {said}.",
                "Write the part out, or put the text in quotes.",
            )
            node = Node("scalar", None, place, self._values)
        self._count(place, node.size)
        if len(self._frames) + node.depth > MAX_DEPTH:
            self._too_deep(place)
        if self._wants_key():
            self._key(node.value if isinstance(node.value, str) else None, node, at=place)
        else:
            self._attach(node)

    def _wants_key(self) -> bool:
        if not self._frames:
            return False
        frame = self._frames[-1]
        return frame.node.kind == "object" and frame.key is None

    def _key(self, text: str | None, node: Node, at: Span | None = None) -> None:
        frame = self._frames[-1]
        place = at or node.place
        name = text
        if not isinstance(node.value, str):
            self._refuse_key(text, place)
        elif name == "<<" and node.style == "plain":
            name = self._refuse_merge(place)
        elif name in frame.node.members:
            name = self._refuse_twice(name, frame, place)
        frame.key = _Key(name, place, node.order)

    def _refuse_key(self, text: str | None, place: Span) -> None:
        self.note(
            "key-not-text",
            place,
            "A key is no text but an object or a list."
            if text is None
            else f"The key `{_short(text)}` is no text.",
            "Put it in quotes." if text else "Write a text before the `:`.",
        )

    def _refuse_merge(self, place: Span) -> None:
        self.note(
            "merge-key",
            place,
            "`<<` merges objects in older YAML, and is not part of YAML 1.2.",
            "Write the keys out, or name the shared part under `use`.",
        )

    def _refuse_twice(self, name: str, frame: _Frame, place: Span) -> None:
        first = frame.node.members[name].place[0]
        frame.key = _Key(name, place, 0)
        self.note(
            "key-twice",
            place,
            f"The key `{_short(name)}` is there already, in line {first}.",
            "Keep one of the two.",
        )

    def _attach(self, node: Node) -> None:
        if not self._frames:
            self.root = node
            return
        frame = self._frames[-1]
        parent = frame.node
        if parent.kind == "array":
            parent.items.append(node)
            parent.value.append(node.value)
        elif frame.key is not None:
            key, frame.key = frame.key, None
            if key.name is not None:
                parent.members[key.name] = Member(key.place, key.order, node)
                parent.value[key.name] = node.value
        parent.adopt(node)

    def _count(self, place: Span, values: int = 1) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            self._stop(
                "too-many-values",
                place,
                f"The definition has more than {MAX_VALUES} values, aliases written out.",
                "Split it, and let one workflow run the others.",
            )

    def _too_deep(self, place: Span) -> None:
        self._stop(
            "too-deep",
            place,
            f"Values lie more than {MAX_DEPTH} deep in each other.",
            "Move parts under `use.functions`, or into workflows of their own.",
        )

    def _check_tag(self, event: Any) -> None:
        tag = event.tag
        if tag is None or tag == "":
            return
        self.note(
            "tag-not-allowed",
            self._place(event),
            f"The tag `{_short(str(tag))}` is not allowed: a definition holds JSON's values only.",
            "Take it away; quotes make a text of a number.",
        )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


__all__ = ["Composer", "Json", "Stopped"]

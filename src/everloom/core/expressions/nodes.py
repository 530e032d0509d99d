"""What an expression is made of.

Chains are flat: a pipe of a hundred parts is one node, so that neither the parser nor who walks
the tree recurses deeper than a reader would say the text nests.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression."""

    offset: int
    """Where it starts in the text."""

    def children(self) -> Iterator["Node"]:
        """The nodes directly below, in the order of the text."""
        for name in _names(type(self)):
            value = getattr(self, name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from _nodes(value)  # pyright: ignore[reportUnknownArgumentType] - asked there


@cache
def _names(kind: type[Node]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name != "offset")


Nodes: TypeAlias = Iterable[Node]


def _nodes(values: tuple[object, ...]) -> Iterator[Node]:
    for each in values:
        if isinstance(each, Node):
            yield each
        elif isinstance(each, tuple):
            yield from _nodes(each)  # pyright: ignore[reportUnknownArgumentType] - asked there


@dataclass(frozen=True, slots=True)
class Identity(Node):
    """`.`."""


@dataclass(frozen=True, slots=True)
class Descent(Node):
    """`..`."""


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A number, `true`, `false`, `null`, or a text without parts to fill in."""

    value: bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Text(Node):
    r"""A text with `\(…)` in it, or with a format before it."""

    parts: tuple["str | Node", ...]
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Format(Node):
    """`@base64` and such, alone."""

    name: str


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """`$name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Location(Node):
    """`$__loc__`."""


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A name with its arguments."""

    name: str
    arguments: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`-` before a term."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Array(Node):
    """`[…]`."""

    body: Node | None


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """One `key: value` of an object; without a value, the key says where it is read from."""

    key: Node
    value: Node | None


@dataclass(frozen=True, slots=True)
class Object(Node):
    """`{…}`."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Suffix(Node):
    """What follows a term: where it leads."""

    optional: bool
    """Whether `?` follows, which drops the error of this one."""


@dataclass(frozen=True, slots=True)
class Index(Suffix):
    """`.name`, `."name"` or `[…]`."""

    key: Node


@dataclass(frozen=True, slots=True)
class Slice(Suffix):
    """`[from:to]`."""

    start: Node | None
    end: Node | None


@dataclass(frozen=True, slots=True)
class Each(Suffix):
    """`[]`."""


@dataclass(frozen=True, slots=True)
class Guard(Suffix):
    """A `?` that drops the errors of all before it."""


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A term and what follows it."""

    base: Node
    suffixes: tuple[Suffix, ...]


@dataclass(frozen=True, slots=True)
class Pipe(Node):
    """`a | b | c`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Comma(Node):
    """`a, b, c`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Operands with operators of one rank between them."""

    operands: tuple[Node, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern(Node):
    """What `as` binds."""


@dataclass(frozen=True, slots=True)
class Name(Pattern):
    """`$name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Items(Pattern):
    """`[$a, $b]`."""

    items: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Member(Node):
    """One part of `{…}` on the right of `as`."""

    name: str | None
    """The variable that is bound to the value itself."""

    key: Node | None
    """The key where it is not the name of the variable."""

    pattern: Pattern | None


@dataclass(frozen=True, slots=True)
class Members(Pattern):
    """`{$a, b: $c}`."""

    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Bind(Node):
    """`source as pattern | body`; several patterns are tried one after the other."""

    source: Node
    patterns: tuple[Pattern, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Fold(Node):
    """`reduce` and `foreach`."""

    source: Node
    patterns: tuple[Pattern, ...]
    start: Node
    update: Node
    extract: Node | None
    each: bool
    """Whether it is `foreach`."""


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """`if … then … elif … else … end`."""

    cases: tuple[tuple[Node, Node], ...]
    otherwise: Node | None


@dataclass(frozen=True, slots=True)
class Attempt(Node):
    """`try … catch …`."""

    body: Node
    catch: Node | None


@dataclass(frozen=True, slots=True)
class Label(Node):
    """`label $name | body`."""

    name: str
    body: Node


@dataclass(frozen=True, slots=True)
class Break(Node):
    """`break $name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A parameter of a `def`."""

    name: str
    value: bool
    """Whether it is written with a dollar sign and binds a variable too."""


@dataclass(frozen=True, slots=True)
class Definition(Node):
    """`def name(parameters): body; rest`."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Node
    rest: Node


def pattern_names(pattern: Node) -> Iterator[str]:
    """Yield the variables that a pattern binds."""
    if isinstance(pattern, Name | Member) and pattern.name is not None:
        yield pattern.name
    for each in pattern.children():
        if isinstance(each, Pattern | Member):
            yield from pattern_names(each)


def pattern_keys(pattern: Node) -> Iterator[Node]:
    """Yield the keys of a pattern that must be evaluated."""
    for each in pattern.children():
        if isinstance(each, Pattern | Member):
            yield from pattern_keys(each)
        elif not isinstance(each, Constant):
            yield each

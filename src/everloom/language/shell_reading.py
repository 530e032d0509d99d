"""Where in a shell command does an expression stand? Within quotes, between them, in a comment.

Reads as much of the shell's language as that takes: quotes, substitutions, here-documents, comments,
and the words of each command. What it cannot be sure of makes an expression there a mistake.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from .expressions import Expression
from .shell_words import PREFIXES, is_assignment, is_code, is_interpreter, program_of

Wrong: TypeAlias = tuple[str, str]
"""A message and a hint."""

PLACEHOLDER = "\0"
"""What stands for an expression within a word."""

_SINGLE = (
    "Within single quotes the shell fills nothing in.",
    "Use double quotes around the expression.",
)
_ESCAPED = (
    "Behind a backslash or a dollar sign the shell does not fill it in.",
    "Take the character before the expression away.",
)
_ARITHMETIC = (
    "Within `((…))` the shell would read the value as an expression, which may run commands.",
    "Compute it in the expression, and use the result.",
)
_BACKTICKS = ("Within backticks quotes have another meaning.", "Write `$(…)` instead of backticks.")
_QUOTED_END = (
    "In a here-document with a quoted end the shell fills nothing in.",
    "Write the end without quotes.",
)
_IN_DOCUMENT = (
    "In a here-document with a substitution in it, its quotes are not those of the command.",
    "Assign the expression to a variable above, and use that within double quotes.",
)
_PROGRAM = (
    "It would be the name of the program to run.",
    "Name the program in the definition, and hand the value to it as an argument.",
)
_CODE = (
    "The program that gets it would read it as code.",
    "Hand it on as an argument of its own behind the code: `sh -c 'echo \"$1\"' sh ${ … }`.",
)
_UNCLEAR = (
    "What stands before it is read differently by different shells.",
    "Write it without `$'…'` and `${…}` of the shell: `$NAME` names a variable.",
)


@dataclass
class Placed:
    """An expression at its place."""

    what: Expression
    is_bare: bool = False
    """Whether no quotes stand around it."""
    wrong: Wrong | None = None
    """Why it must not stand there."""


Piece: TypeAlias = str | Placed
Kind: TypeAlias = Literal["command", "double", "arithmetic", "backticks"]


@dataclass
class _Frame:
    """One level of nesting."""

    kind: Kind
    closing: str = ""
    words: list[str] = field(default_factory=list[str])
    word: str | None = None
    cases: int = 0
    depth: int = 0

    def end_word(self) -> None:
        if self.word is None:
            return
        if self.word == "case" and not self.words:
            self.cases += 1
        elif self.word == "esac" and not self.words:
            self.cases -= 1
        self.words.append(self.word)
        self.word = None

    def end_command(self) -> None:
        self.end_word()
        self.words.clear()

    def add(self, text: str) -> None:
        self.word = (self.word or "") + text


@dataclass(frozen=True)
class _Document:
    """A here-document that begins behind the next line break."""

    end: str
    is_quoted: bool
    is_indented: bool
    program: str


class ShellReader:
    """Reads one command."""

    def __init__(self, parts: Sequence[str | Expression]) -> None:
        self._left: deque[str | Expression] = deque()
        for part in parts:
            self._left.extend(part if isinstance(part, str) else (part,))
        self._frames = [_Frame("command")]
        self._documents: list[_Document] = []
        self._is_unclear = False
        self._read: dict[Kind, Callable[[str], Iterator[Piece]]] = {
            "command": self._in_command,
            "double": self._in_double,
            "arithmetic": self._in_arithmetic,
            "backticks": self._in_backticks,
        }

    def read(self) -> Iterator[Piece]:
        """The command in pieces: its text, and each expression with what is known of its place."""
        while self._left:
            next_one = self._left.popleft()
            if isinstance(next_one, Expression):
                yield self._placed(next_one)
            else:
                yield from self._read[self._top.kind](next_one)

    # --- expressions ---

    @property
    def _top(self) -> _Frame:
        return self._frames[-1]

    @property
    def _command(self) -> _Frame:
        """The command that the present place belongs to."""
        return next(frame for frame in reversed(self._frames) if frame.kind == "command")

    def _placed(self, what: Expression) -> Placed:
        kind = self._top.kind
        wrong = self._wrong(kind)
        self._command.add(PLACEHOLDER)
        return Placed(what, kind == "command", wrong)

    def _wrong(self, kind: Kind) -> Wrong | None:
        if self._is_unclear:
            return _UNCLEAR
        if kind == "arithmetic":
            return _ARITHMETIC
        if kind == "backticks":
            return _BACKTICKS
        words, word = self._command.words, self._command.word or ""
        if is_code(words, word):
            return _CODE
        is_first = all(each in PREFIXES or is_assignment(each) for each in words)
        return _PROGRAM if is_first and not is_assignment(word) else None

    # --- text ---

    def _in_command(self, char: str) -> Iterator[Piece]:
        frame = self._top
        match char:
            case "'":
                yield char
                yield from self._single()
            case '"':
                frame.add("")
                self._frames.append(_Frame("double"))
                yield char
            case "#" if frame.word is None:
                yield char
                yield from self._comment()
            case "<" if self._peek("<") and not self._peek("<<"):
                frame.end_word()
                yield from self._here(self._left.popleft())
            case _:
                yield from self._between_words(char)

    def _between_words(self, char: str) -> Iterator[Piece]:
        frame = self._top
        match char:
            case "<" | ">":
                frame.end_word()
                frame.words.append(char)
                yield char
            case "(" | ")":
                yield from self._parenthesis(char)
            case "\n":
                frame.end_command()
                yield char
                yield from self._here_documents()
            case ";" | "&" | "|":
                frame.end_command()
                yield char
            case " " | "\t":
                frame.end_word()
                yield char
            case _:
                yield from self._anywhere(char)

    def _in_double(self, char: str) -> Iterator[Piece]:
        if char == '"':
            self._frames.pop()
            yield char
        else:
            yield from self._anywhere(char)

    def _in_arithmetic(self, char: str) -> Iterator[Piece]:
        frame = self._top
        yield char
        if char == "(":
            frame.depth += 1
        elif char == ")" and frame.depth:
            frame.depth -= 1
        elif char == ")" and self._peek(")"):
            yield str(self._left.popleft())
            self._frames.pop()

    def _in_backticks(self, char: str) -> Iterator[Piece]:
        yield char
        if char == "\\" and self._left and isinstance(self._left[0], str):
            yield str(self._left.popleft())
        elif char == "`":
            self._frames.pop()

    def _anywhere(self, char: str) -> Iterator[Piece]:
        """What means the same between double quotes and outside of them."""
        yield char
        match char:
            case "\\":
                yield from self._escaped()
            case "`":
                self._command.add(char)
                self._frames.append(_Frame("backticks"))
            case "$" if self._peek("(("):
                yield from self._take(2)
                self._frames.append(_Frame("arithmetic"))
            case "$" if self._peek("("):
                yield from self._take(1)
                self._command.add(char)
                self._frames.append(_Frame("command", closing=")"))
            case "$" if self._left and isinstance(self._left[0], Expression):
                yield from self._escaped()
            case "$" if self._peek("{") or (self._peek("'") and self._top.kind == "command"):
                self._is_unclear = True
            case _:
                self._command.add(char)

    def _parenthesis(self, char: str) -> Iterator[Piece]:
        frame = self._top
        frame.end_word()
        yield char
        if char == "(" and self._peek("("):
            yield from self._take(1)
            self._frames.append(_Frame("arithmetic"))
        elif char == "(":
            self._frames.append(_Frame("command", closing=")"))
        elif frame.closing == char and frame.cases < 1:
            self._frames.pop()
        else:
            frame.end_command()

    def _escaped(self) -> Iterator[Piece]:
        if self._left:
            after = self._left.popleft()
            self._command.add(after if isinstance(after, str) else PLACEHOLDER)
            yield after if isinstance(after, str) else Placed(after, wrong=_ESCAPED)

    def _single(self) -> Iterator[Piece]:
        self._command.add("")
        while self._left:
            char = self._left.popleft()
            if isinstance(char, Expression):
                yield Placed(char, wrong=_SINGLE)
                continue
            yield char
            if char == "'":
                return
            self._command.add(char)

    def _comment(self) -> Iterator[Piece]:
        while self._left and self._left[0] != "\n":
            char = self._left.popleft()
            yield char if isinstance(char, str) else Placed(char)

    # --- here-documents ---

    def _here(self, second: str | Expression) -> Iterator[Piece]:
        """Read `<<END`: what it announces comes behind the next line break."""
        yield f"<{second}"
        program, _ = program_of(self._command.words)
        is_indented = self._peek("-")
        yield from self._take(int(is_indented))
        while self._peek(" ") or self._peek("\t"):
            yield from self._take(1)
        end, is_quoted = "", False
        while self._left and not (
            isinstance(self._left[0], str) and self._left[0] in " \t\n;&|<>()"
        ):
            char = self._left.popleft()
            if isinstance(char, Expression):
                yield Placed(char, wrong=_UNCLEAR)
                continue
            yield char
            if char in "'\"\\":
                is_quoted = True
            else:
                end += char
        self._documents.append(_Document(end, is_quoted, is_indented, program))

    def _here_documents(self) -> Iterator[Piece]:
        for document in self._documents:
            yield from self._body(document)
        self._documents.clear()

    def _body(self, document: _Document) -> Iterator[Piece]:
        body: list[str | Expression] = []
        last = ""
        while self._left:
            line = self._line()
            last = _text(line)
            said = last.rstrip("\n")
            if (said.lstrip("\t") if document.is_indented else said) == document.end:
                break
            body += line
            last = ""
        wrong = _wrong_in(document, _text(body))
        for each in body:
            yield each if isinstance(each, str) else Placed(each, wrong=wrong)
        yield last

    def _line(self) -> list[str | Expression]:
        line: list[str | Expression] = []
        while self._left:
            line.append(self._left.popleft())
            if line[-1] == "\n":
                break
        return line

    # --- looking ahead ---

    def _peek(self, text: str) -> bool:
        if len(self._left) < len(text):
            return False
        return all(self._left[at] == char for at, char in enumerate(text))

    def _take(self, number: int) -> Iterator[Piece]:
        for _ in range(number):
            yield str(self._left.popleft())


def _text(pieces: Sequence[str | Expression]) -> str:
    return "".join(each if isinstance(each, str) else PLACEHOLDER for each in pieces)


def _wrong_in(document: _Document, written: str) -> Wrong | None:
    if document.is_quoted:
        return _QUOTED_END
    if is_interpreter(document.program):
        return _CODE
    return _IN_DOCUMENT if "$(" in written or "`" in written else None

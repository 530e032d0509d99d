"""The grammar of jq 1.8: from tokens to a tree.

Written by hand from the rules of the language, because the library compiles but shows no tree.
Where jq has a private form (`$$$$name`) or reads files (`import`), parsing ends with an error.
"""

from .nodes import (
    Array,
    Attempt,
    Bind,
    Break,
    Call,
    Choice,
    Comma,
    Constant,
    Definition,
    Descent,
    Each,
    Entry,
    Fold,
    Format,
    Guard,
    Identity,
    Index,
    Items,
    Label,
    Location,
    Member,
    Members,
    Name,
    Negation,
    Node,
    Object,
    Parameter,
    Path,
    Pattern,
    Pipe,
    Slice,
    Suffix,
    Text,
    Variable,
)
from .operators import OPERATORS, grouped
from .reading import ExpressionReserved, Reader, check_depth
from .tokens import Token

_CONSTANTS = {"true": True, "false": False, "null": None}


def parse(text: str) -> Node:
    """Read an expression.

    Raises:
        ExpressionSyntax: It is none, nests too deep, or uses a form that is not for expressions.
    """
    reader = _Parser(text)
    tree = reader.query()
    if reader.token.kind != "end":
        raise reader.unexpected("an operator or the end")
    check_depth(tree)
    return tree


class _Parser(Reader):
    """One method a rule, named as in jq's manual."""

    def query(self) -> Node:
        """Pipes of commas; bindings, labels and definitions reach as far to the right as they can."""
        with self.nested():
            start = self.token.offset
            parts = [self._commas()]
            while self.accept("|"):
                parts.append(self._commas())
            return parts[0] if len(parts) == 1 else Pipe(start, tuple(parts))

    def _commas(self) -> Node:
        start = self.token.offset
        parts = [self._item()]
        while self.accept(","):
            parts.append(self._item())
        return parts[0] if len(parts) == 1 else Comma(start, tuple(parts))

    def _item(self) -> Node:
        start = self.token.offset
        if self.at("def"):
            return self._definition()
        if self.accept("label"):
            name = self._variable("the name of the label")
            self.expect("|", "after the label")
            return Label(start, name, self.query())
        source = self._expression()
        if not self.accept("as"):
            return source
        patterns = self._patterns()
        self.expect("|", "after what `as` binds")
        return Bind(start, source, patterns, self.query())

    def _definition(self) -> Node:
        start = self.take().offset
        name = self.expect_kind("name", "the name of the function").text
        parameters: list[Parameter] = []
        if self.accept("("):
            parameters.append(self._parameter())
            while self.accept(";"):
                parameters.append(self._parameter())
            self.expect(")", "after the parameters")
        self.expect(":", "before what the function does")
        body = self.query()
        self.expect(";", "at the end of the function")
        return Definition(start, name, tuple(parameters), body, self.query())

    def _parameter(self) -> Parameter:
        token = self.token
        if token.kind == "binding":
            return Parameter(token.offset, self._variable("a parameter"), value=True)
        name = self.expect_kind("name", "a parameter").text
        return Parameter(token.offset, name, value=False)

    def _expression(self) -> Node:
        operands = [self._term()]
        operators: list[Token] = []
        while self.token.kind in {"operator", "keyword"} and self.token.text in OPERATORS:
            operators.append(self.take())
            operands.append(self._term())
        return grouped(operands, operators)

    def _term(self) -> Node:
        start = self.token.offset
        if self.accept("-"):
            with self.nested():
                return Negation(start, self._term())
        if self.accept("try"):
            with self.nested():
                body = self._term()
                return Attempt(start, body, self._term() if self.accept("catch") else None)
        base = self._primary()
        suffixes = self._suffixes()
        return Path(start, base, suffixes) if suffixes else base

    def _suffixes(self) -> tuple[Suffix, ...]:
        found: list[Suffix] = []
        while True:
            start = self.token.offset
            if self.token.kind == "field":
                key = Constant(start, self.take().text[1:])
                found.append(Index(start, self.accept("?"), key))
            elif self.at(".") and self._is_text(self.following):
                self.take()
                key = self._quoted()
                found.append(Index(start, self.accept("?"), key))
            elif self.at("[") or (self.at(".") and self.following.text == "["):
                self.accept(".")
                found.append(self._bracket())
            elif self.accept("?"):
                found.append(Guard(start, optional=True))
            else:
                return tuple(found)

    def _bracket(self) -> Suffix:
        start = self.expect("[", "before an index").offset
        if self.accept("]"):
            return Each(start, self.accept("?"))
        first = None if self.at(":") else self.query()
        if first is not None and not self.at(":"):
            self.expect("]", "after the index")
            return Index(start, self.accept("?"), first)
        self.expect(":", "in the slice")
        last = None if first is not None and self.at("]") else self.query()
        self.expect("]", "after the slice")
        return Slice(start, self.accept("?"), first, last)

    def _is_text(self, token: Token) -> bool:
        return token.kind in {"start", "format"}

    def _primary(self) -> Node:
        rule = {
            "number": self._number,
            "start": self._text,
            "format": self._text,
            "field": self._field,
            "binding": self._bound,
            "name": self._call,
            "keyword": self._word,
        }
        return rule.get(self.token.kind, self._sign)()

    def _number(self) -> Node:
        token = self.take()
        small = token.text.isdigit() and len(token.text) <= 15
        return Constant(token.offset, int(token.text) if small else float(token.text))

    def _field(self) -> Node:
        """A term may begin with `.name`, which is then its first suffix."""
        return Identity(self.token.offset)

    def _sign(self) -> Node:
        token = self.token
        if self.at("."):
            if not self._is_text(self.following):
                self.take()
            return Identity(token.offset)
        if self.accept(".."):
            return Descent(token.offset)
        if self.accept("("):
            inner = self.query()
            self.expect(")", "after what stands in brackets")
            return inner
        if self.accept("["):
            body = None if self.at("]") else self.query()
            self.expect("]", "after the elements")
            return Array(token.offset, body)
        if self.at("{"):
            return self._object()
        if self.at("$"):
            raise self._private()
        raise self.unexpected("a value")

    def _private(self) -> Exception:
        if self.following.text == "$":
            message = "`$$$$name` is for jq's own functions."
            return ExpressionReserved(message, self.token.offset, "Write `$name`.")
        self.take()
        return self.unexpected("the name of a variable, right after its `$`,")

    def _word(self) -> Node:
        token = self.token
        match token.text:
            case "reduce" | "foreach":
                return self._fold()
            case "if":
                return self._choice()
            case "break":
                self.take()
                return Break(token.offset, self._variable("the name of a label"))
            case "import" | "include" | "module":
                message = f"`{token.text}` reads files, which expressions must not."
                raise ExpressionReserved(message, token.offset, "Write a `def` in the expression.")
            case _:
                raise self.unexpected("a value")

    def _bound(self) -> Node:
        token = self.take()
        if token.text == "$__loc__":
            return Location(token.offset)
        return Variable(token.offset, token.text[1:])

    def _variable(self, wanted: str) -> str:
        token = self.token
        if token.kind != "binding" or token.text == "$__loc__":
            raise self.unexpected(f"{wanted}, such as `$name`,")
        return self.take().text[1:]

    def _call(self) -> Node:
        token = self.take()
        arguments: list[Node] = []
        if self.accept("("):
            arguments.append(self.query())
            while self.accept(";"):
                arguments.append(self.query())
            self.expect(")", "after the arguments (`;` stands between them)")
        elif token.text in _CONSTANTS:
            return Constant(token.offset, _CONSTANTS[token.text])
        return Call(token.offset, token.text, tuple(arguments))

    def _text(self) -> Node:
        token = self.token
        format = self.take().text[1:] if token.kind == "format" else None
        if format is not None and self.token.kind != "start":
            return Format(token.offset, format)
        self.expect_kind("start", "a text")
        parts: list[str | Node] = []
        while self.token.kind != "stop":
            if self.token.kind == "text":
                parts.append(self.take().text)
                continue
            self.expect_kind("fill", "the end of the text")
            parts.append(self.query())
            self.expect_kind("filled", "`)` after what is filled in")
        self.take()
        plain = [part for part in parts if isinstance(part, str)]
        if len(plain) == len(parts) and format is None:
            return Constant(token.offset, "".join(plain))
        return Text(token.offset, tuple(parts), format)

    def _quoted(self) -> Node:
        text = self._text()
        if isinstance(text, Format):
            raise self.unexpected("the text that the format is for")
        return text

    def _object(self) -> Node:
        start = self.take().offset
        entries: list[Entry] = []
        while not self.at("}"):
            entries.append(self._entry())
            if not self.accept(","):
                break
        self.expect("}", "after the entries")
        return Object(start, tuple(entries))

    def _entry(self) -> Entry:
        start = self.token.offset
        needs_value = self.at("(")
        key = self._key("a key")
        if needs_value or self.at(":"):
            self.expect(":", "after the key")
            return Entry(start, key, self._entry_value())
        return Entry(start, key, None)

    def _key(self, wanted: str) -> Node:
        token = self.token
        if token.kind in {"name", "keyword"}:
            return Constant(token.offset, self.take().text)
        if token.kind == "binding":
            return self._bound()
        if self._is_text(token):
            return self._quoted()
        if self.accept("("):
            key = self.query()
            self.expect(")", "after the key")
            return key
        raise self.unexpected(wanted)

    def _entry_value(self) -> Node:
        start = self.token.offset
        with self.nested():
            parts = [self._expression()]
            while self.accept("|"):
                parts.append(self._expression())
            return parts[0] if len(parts) == 1 else Pipe(start, tuple(parts))

    def _fold(self) -> Node:
        token = self.take()
        source = self._expression()
        self.expect("as", f"after what `{token.text}` goes through")
        patterns = self._patterns()
        self.expect("(", "after what `as` binds")
        start = self.query()
        self.expect(";", "after the value to start with")
        update = self.query()
        extract = None
        if token.text == "foreach" and self.accept(";"):
            extract = self.query()
        self.expect(")", f"at the end of `{token.text}`")
        each = token.text == "foreach"
        return Fold(token.offset, source, patterns, start, update, extract, each)

    def _choice(self) -> Node:
        start = self.token.offset
        cases: list[tuple[Node, Node]] = []
        while self.accept("elif") or (not cases and self.accept("if")):
            condition = self.query()
            self.expect("then", "after the condition")
            cases.append((condition, self.query()))
        otherwise = self.query() if self.accept("else") else None
        self.expect("end", "at the end of `if`")
        return Choice(start, tuple(cases), otherwise)

    def _patterns(self) -> tuple[Pattern, ...]:
        found = [self._pattern()]
        while self.accept("?//"):
            found.append(self._pattern())
        return tuple(found)

    def _pattern(self) -> Pattern:
        start = self.token.offset
        with self.nested():
            if self.accept("["):
                items = [self._pattern()]
                while self.accept(","):
                    items.append(self._pattern())
                self.expect("]", "after what `as` binds")
                return Items(start, tuple(items))
            if self.accept("{"):
                members = [self._member()]
                while self.accept(","):
                    members.append(self._member())
                self.expect("}", "after what `as` binds")
                return Members(start, tuple(members))
            return Name(start, self._variable("what `as` binds"))

    def _member(self) -> Member:
        start = self.token.offset
        if self.token.kind == "binding":
            name = self._variable("what `as` binds")
            pattern = self._pattern() if self.accept(":") else None
            return Member(start, name, None, pattern)
        key = self._key("a key or a variable")
        self.expect(":", "after the key")
        return Member(start, None, key, self._pattern())

"""Texts, names and literal values that are legal in a definition and awkward in Python."""

from hypothesis import strategies as st
from tests.language.properties.choosing import Chooser
from tests.language.properties.problems import Json

PLAIN_NAMES = ["first", "second", "third", "fourth", "fifth", "check", "ship", "charge"]

PYTHON_NAMES = [
    "self", "data", "here", "input", "run", "execute", "tasks", "case", "task", "workflow", "Flow",
    "Scope", "Jq", "Json", "Fault", "class", "def", "import", "lambda", "None", "True", "async",
    "await", "match", "type", "print", "exec", "eval", "__init__", "__class__", "__import__",
    "__name__", "_", "__", "asyncio", "jq", "str", "dict", "super", "super()", "result", "error",
    "item", "index", "context", "output", "then", "state", "position", "for", "do", "try", "raise",
]  # fmt: skip

COLLIDING_NAMES = [
    "getPet", "get-pet", "get_pet", "GetPet", "get pet", "GETPET", "get.pet", "get__pet", "getPet1",
    "getPet_1", "getPet_2", "get_pet_2", "1getPet", "_getPet",
]  # fmt: skip

STRANGE_NAMES = [
    "größe", "ﬁne", "fine", "名前", "Ωmega", "a/b", "a~b", "~1", "/", "..", "don't", 'say "hi"', "{x}",
    "{{x}}", "%s", "$x", "a\\b", "a\nb", "a\tb", " lead", "trail ", "#hash", "a;b", "x" * 300, "é",
    "e\u0301", "\u202egnp", "a\u200bb", "0", "42", "-", "---", "'''", '"""', "\\N{DASH}", "\u017felf",
    "null", "true", "no", "on", "~", "do/0/x", "it's", "👩‍🚀", "\u2028", "${ .x }",
]  # fmt: skip

NAMES = [*PLAIN_NAMES, *COLLIDING_NAMES, *PYTHON_NAMES, *STRANGE_NAMES]
DIRECTIVES = {"continue", "exit", "end"}

LITERALS = [
    "x", "", "it's", 'say "hi"', "'''", '"""', "a\nb", "a\r\nb\r", "\\", "\\n", "\\\\", "ends in \\",
    "{x}", "{{x}}", "{", "%s %(x)s", "$", "$$", "$ {x}", "}$", "\\N{DASH}", "\\x41", "\\u0041",
    "\u202e", "\u2028", "\u0085", "\x1b[0m", "\x00", "\x7f", "🎈", "None", "True", "#", "# noqa",
    "x\\", "f'{1}'", ".a", "$input", "null", "1", "a" * 200, " " * 3, "\t", "\ufeff", "e\u0301",
    "line\n    indented\n\tand more\n", "'\"'\"'", "\\'", '\\"', "'''\"\"\"",
]  # fmt: skip

NUMBERS: list[Json] = [
    0, 1, -1, 2, 3, 2**31, 2**53 - 1, -(2**53) + 1, 0.5, -0.25, 1e-7, 1e16, 1.5e300,
    3.141592653589793, 1.0,
]  # fmt: skip

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(
    lambda text: "${" not in text and text not in DIRECTIVES
)


def name(choose: Chooser) -> str:
    """A name of a task or of a case."""
    if choose.either():
        return choose.pick(PLAIN_NAMES + COLLIDING_NAMES)
    return choose.pick(NAMES) if choose.either() else choose.draw(TEXT) or "empty"


def reference(choose: Chooser) -> str:
    """A name of something in `use`, which must not look like an expression where it is used."""
    return name(choose).replace("${", "$")


def literal_text(choose: Chooser) -> str:
    """A text that is no expression and holds none."""
    return choose.draw(TEXT) if choose.once_in(3) else choose.pick(LITERALS)


def literal(choose: Chooser, depth: int = 2) -> Json:
    """A JSON value without expressions in it."""
    kind = choose.pick(["number", "text", "text", "truth", "list", "object"])
    if kind == "number":
        return choose.pick(NUMBERS)
    if kind == "truth":
        return choose.pick([True, False, None])
    if kind == "list" and depth:
        return choose.many(0, 3, lambda: literal(choose, depth - 1))
    if kind == "object" and depth:
        return choose_object(choose, depth - 1)
    return literal_text(choose)


def choose_object(choose: Chooser, depth: int) -> dict[str, Json]:
    """An object of literals, under any keys."""
    keys = choose.different(0, 3, lambda: literal_text(choose))
    return {key: literal(choose, depth) for key in keys}

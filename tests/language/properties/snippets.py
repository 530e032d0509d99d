"""A small grammar of jq over the data of a definition.

`value` and `condition` succeed on any input, so that most definitions run far; `risky` ones may
fail or yield nothing.
"""

from json import dumps

from tests.language.properties.choosing import Chooser
from tests.language.properties.texts import literal_text

KEYS = ["a", "b", "n", "items", "nested"]
ODD_KEYS = ["odd key", "it's", 'a"b', "größe", "${x}", "a.b", "__class__", "a\\b"]
CONSTANTS = [
    ".", "1", "0", "-2", "0.5", "true", "false", "null", "[]", "{}", "$task.name",
    "$task.reference", "$workflow.definition.document.name", "($workflow.input.a? // 1)",
    "($context.kept? // null)",
]  # fmt: skip
SHAPES = [
    "[%s, %s]", "{a: %s}", '{"odd key": %s, n: %s}', "{a: %s, n: %s}", "(%s | tostring)",
    "(%s | tojson)", "(%s | type)", "([%s] | length)",
    '(%s | if type == "number" then . + 1 else 0 end)', '"text \\(%s) and } {"',
    "(if %s == %s then 1 else 2 end)", '([%s, %s] | map(tostring) | join(", "))',
    "([%s] | map(select(. != null)))", "(%s as $x | [$x, $x])",
    "(reduce (1, 2) as $x (0; . + $x) | [., %s])", "(%s // %s)", "([%s] | first)", "(%s == null)",
    '(%s | tostring | ascii_upcase | startswith("A"))', "([%s] + [%s] | unique)",
    '({a: %s} | has("a"))', "({a: %s, b: 1} | keys)", "(def twice: [., .]; %s | twice)",
    "%s # comment } with a brace\n",
]  # fmt: skip
RISKY = [
    ".a.b", ".n + 1", ".items[]", ".items | length", "empty", '"x" | tonumber', ".[0]", ".a | keys",
    "{} | .a.b.c", '.nested["x"]', "[1, 2][]", '{} + "x"',
]  # fmt: skip


def text(value: str) -> str:
    """A text as jq spells it."""
    return dumps(value, ensure_ascii=False)


def path(choose: Chooser) -> str:
    """A place in the data, or null where there is none."""
    key = choose.pick(KEYS) if choose.either() else choose.pick(KEYS + ODD_KEYS)
    plain = key in KEYS and choose.either()
    return f"(.{key if plain else text(key)}? // null)"


def smallest(choose: Chooser, known: tuple[str, ...]) -> str:
    """A place, a variable, an argument or a literal."""
    kind = choose.pick(["path", "path", "constant", "known", "known", "literal"])
    if kind == "path":
        return path(choose)
    if kind == "known" and known:
        return choose.pick(known)
    return text(literal_text(choose)) if kind == "literal" else choose.pick(CONSTANTS)


def value(choose: Chooser, known: tuple[str, ...] = (), depth: int = 2) -> str:
    """An expression that always has a value.

    Args:
        choose: What decides.
        known: Variables and arguments that exist where it stands, with their dollar signs.
        depth: How deep it may be.
    """
    if depth == 0 or choose.either():
        return smallest(choose, known)
    shape = choose.pick(SHAPES)
    return shape % tuple(value(choose, known, depth - 1) for _ in range(shape.count("%s")))


def maybe_risky(choose: Chooser, known: tuple[str, ...] = ()) -> str:
    """A value, or once in a while an expression that depends on its luck."""
    return choose.pick(RISKY) if choose.once_in(50) else value(choose, known)


def condition(choose: Chooser, known: tuple[str, ...] = ()) -> str:
    """An expression for `if`, `when` and `while`: mostly a truth, sometimes any value."""
    one, other = value(choose, known, 1), value(choose, known, 1)
    return choose.pick([
        f"{one} == {other}", f"({one} == {other} | not)", f'({one} | type) == "number"',
        f"([{one}] | length) > 0 and ({other} != null)", f"({one} != null) or ({other} != null)",
        f"({one})", "(.n? // 0) == 1", "((.n? // 0) | tostring | length) < 3",
        "true", "false", "null", "0",
    ])  # fmt: skip


def written(choose: Chooser, expression: str) -> str:
    """An expression-typed field: bare, or within `${ }`, with space where it may be."""
    if choose.either() or "#" in expression:
        return expression
    return choose.pick(["${ %s }", "${%s}", " ${ %s }\n"]) % expression


def placed(choose: Chooser, expression: str) -> str:
    """An expression as a value: always within `${ }`."""
    return choose.pick(["${ %s }", "${%s}", "  ${\n%s\n}  "]) % expression


def spliced(choose: Chooser) -> str:
    """A longer text with an expression in it, whose value is a text or a whole number."""
    inner = choose.pick(["$task.name", '"x}"', "1 + 1", "(.a? // 0 | tostring)"])
    return f"{choose.pick(['Hello ', '{', chr(39)])}${{ {inner} }} and more"

"""Expressions made at random: what a grammar gives, and what chance does with its words."""

from hypothesis import strategies as st

ATOMS = [
    ".", "..", ".a", ".a?", '."b"', '. "b"', ".[0]", '.["a"]', ".[]", ".[]?", ".if", "$x", "1", "2.5", ".5",
    "1.", "1e2", '"s"', '""', "null", "true", "false", "[]", "{}", "{a}", "{$x}", "{if:1,}", "@base64",
    "@json", "empty", "not", "length", "$__loc__", r'"\u00e9\n"', r'"\ud83d\ude00"', "first", "error",
    ". # note\n", "{$__loc__}", '{"a b"}', '{@json "x":1}', "keys?", "add?",
]  # fmt: skip
OPERATORS = [
    "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "//", "=", "|=", "+=", "-=",
    "*=", "/=", "%=", "//=", "|", ",",
]  # fmt: skip
PATTERNS = [
    "$x",
    "[$x]",
    "{$x}",
    '{a:$x,"b":[$y]}',
    "{$x:[$y]}",
    '[$x] ?// {"a":$x} ?// $x',
    '{("a"):$x}',
]
WORDS = [
    *ATOMS, *OPERATORS, "(", ")", "[", "]", "{", "}", ":", ";", "?", "?//", "..", "as", "def", "f", "if",
    "then", "else", "elif", "end", "reduce", "foreach", "try", "catch", "label", "break", '"', r"\(", "$",
    "#", "\n", "\r", "\r\n", "\\\r\n", "\f", "import", "@", "!", "&", "'", "é", "\\", "::", "__loc__", ".a.b", "-1", "$x::y",
]  # fmt: skip

FORMS = [
    "({0})", "[{0}]", "-{0}", "try {0}", "try {0} catch {1}", "{0}[]", "{0}[]?", "{0}.k", "{0} .k?", "{0}?",
    "{0}[{1}]", "{0}[{1}]?", "{0}.[{1}]", "{0}[{1}:{2}]", "{0}[:{1}]", "{0}[{1}:]?", '{0}."q"?', "{{a:{0}}}",
    '{{a:{0}|{1},"b":{2}}}', "{{({0}):{1}}}", '{{"k\\({0})":{1},$x}}', "reduce {0} as {p} ({1};{2})",
    "foreach {0} as {p} ({1};{2})", "foreach {0} as {p} ({1};{2};{3})", "{0} as {p} | {1}",
    "def f: {0}; {1}", "def g(h;$y): {0}|h|$y; g({1};{2})", "label $l | {0}", "label $l | {0}, break $l, {1}",
    "if {0} then {1} end", "if {0} then {1} else {2} end", "if {0} then {1} elif {2} then {3} else {0} end",
    '"a\\({0})b\\({1})"', '@json "a\\({0})"', "map({0})", "select({0})", "first({0})", "[limit(3;{0})]",
    "path({0})", "any({0};{1})", "to_entries|map({0})", "{0} # end\n", "{0}|tojson", "sort_by({0})",
    "group_by({0})", "with_entries({0})", "del({0})", "[{0},{1}]|add", "[{0}]|transpose?", "join({0})",
    "[{0}]|index({1})", "tostring", "range(3)", "ascii_downcase?", "[{0}]|flatten",
]  # fmt: skip


def _form(form: str, pattern: str, parts: list[str]) -> str:
    return form.format(*parts, p=pattern)


def _formed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(inner, min_size=4, max_size=4)
    forms = st.builds(_form, st.sampled_from(FORMS), st.sampled_from(PATTERNS), parts)
    return forms | st.tuples(inner, st.sampled_from(OPERATORS), inner).map(" ".join)


EXPRESSIONS = st.recursive(st.sampled_from(ATOMS), _formed, max_leaves=12)
"""Most are jq; a few are not, because nothing is put between brackets for safety."""

NONSENSE = st.builds(
    str.join, st.sampled_from(["", " "]), st.lists(st.sampled_from(WORDS), max_size=10)
)
"""Few are jq."""

NUMBERS = (
    st.integers(-(2**53), 2**53)
    | st.integers(-3, 12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.5, 1.0, -0.0, 1e17, 1e-7, 2**60])
)
KEYS = st.sampled_from(["a", "b", "k", "x", "q", "if", "a b", "é"])
SCALARS = (
    st.none()
    | st.booleans()
    | NUMBERS
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
    | KEYS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
"""JSON, of the kind that the expressions look at."""

"""What may stand in an expression, and what is said of the rest."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.core.expressions import real
from tests.core.expressions.texts import ATOMS, EXPRESSIONS, NONSENSE

from everloom.language.expressions import MAX_LENGTH, analyse

SYNTAX, FORBIDDEN = "expression-syntax", "expression-forbidden"
UNBOUNDED, UNKNOWN = "expression-unbounded", "expression-unknown-function"


@pytest.mark.parametrize(
    ("text", "code", "offset"),
    [
        pytest.param("", SYNTAX, 0, id="nothing"),
        pytest.param(" \n", SYNTAX, 0, id="blanks"),
        pytest.param("# note", SYNTAX, 6, id="a comment only"),
        pytest.param(".a |", SYNTAX, 4, id="half a pipe"),
        pytest.param("é | .a", SYNTAX, 0, id="letters that are none for jq"),
        pytest.param('"é" + {(1): 2}', SYNTAX, 8, id="refused by jq itself"),
        pytest.param('\n "é" + {(1): 2}', SYNTAX, 10, id="refused by jq, in the second line"),
        pytest.param("1 | break $out", SYNTAX, 4, id="break without a label"),
        pytest.param("$ENV.PATH", FORBIDDEN, 0, id="environment"),
        pytest.param(". as $ENV | 1", FORBIDDEN, 5, id="a variable that would hide it"),
        pytest.param("def f($ENV): 1; f(2)", FORBIDDEN, 6, id="a parameter that would hide it"),
        pytest.param(". as {a: [$ENV]} | 1", FORBIDDEN, 10, id="deep in a pattern"),
        pytest.param("{$ENV}", FORBIDDEN, 1, id="as a key"),
        pytest.param('"a\\(env.PATH)"', FORBIDDEN, 4, id="in a text"),
        pytest.param("[.a | env]", FORBIDDEN, 6, id="function of the environment"),
        pytest.param("input", FORBIDDEN, 0, id="next input"),
        pytest.param("[limit(1; inputs)]", FORBIDDEN, 10, id="further inputs"),
        pytest.param("input_filename", FORBIDDEN, 0, id="file of the input"),
        pytest.param("input_line_number", FORBIDDEN, 0, id="line of the input"),
        pytest.param("now - 60", FORBIDDEN, 0, id="clock"),
        pytest.param(".t | localtime", FORBIDDEN, 5, id="time zone"),
        pytest.param('.t | strflocaltime("%H")', FORBIDDEN, 5, id="time zone in a text"),
        pytest.param('.t | strftime("%s")', FORBIDDEN, 14, id="format of the machine"),
        pytest.param('.t | strptime("%c")', FORBIDDEN, 14, id="format of the locale"),
        pytest.param('.t | strftime("%")', FORBIDDEN, 14, id="half a format"),
        pytest.param(".t | strftime(.f)", FORBIDDEN, 14, id="format from data"),
        pytest.param('.t | strftime("%\\(.f)")', FORBIDDEN, 14, id="format put together"),
        pytest.param("debug", FORBIDDEN, 0, id="output"),
        pytest.param('debug("x")', FORBIDDEN, 0, id="output with a message"),
        pytest.param("stderr", FORBIDDEN, 0, id="standard error"),
        pytest.param('halt_error("x")', FORBIDDEN, 0, id="halt"),
        pytest.param("$__prog_args", FORBIDDEN, 0, id="jq's own variable"),
        pytest.param("$$$$x", FORBIDDEN, 0, id="jq's own form"),
        pytest.param('import "a" as a; 1', FORBIDDEN, 0, id="import"),
        pytest.param('import "a" as $a {search: "/etc"}; $a', FORBIDDEN, 0, id="import of data"),
        pytest.param('include "a"; 1', FORBIDDEN, 0, id="include"),
        pytest.param("module {}; 1", FORBIDDEN, 0, id="module"),
        pytest.param("modulemeta", FORBIDDEN, 0, id="module's description"),
        pytest.param("get_search_list", FORBIDDEN, 0, id="places of modules"),
        pytest.param("builtins", FORBIDDEN, 0, id="list of functions"),
        pytest.param("sin", FORBIDDEN, 0, id="last digits"),
        pytest.param("def now: 1; now", FORBIDDEN, 0, id="a name that is refused"),
        pytest.param("def f(env): env; f(1)", FORBIDDEN, 6, id="a parameter of a refused name"),
        pytest.param("repeat(.)", UNBOUNDED, 0, id="repeat"),
        pytest.param("[limit(3; repeat(1))]", UNBOUNDED, 10, id="repeat, limited"),
        pytest.param("first(range(0; infinite))", UNBOUNDED, 6, id="range without an end"),
        pytest.param("range(0; -infinite; -1)", UNBOUNDED, 0, id="range down without an end"),
        pytest.param("range(1, infinite)", UNBOUNDED, 0, id="one of its ends"),
        pytest.param("range(1000000)", UNBOUNDED, 0, id="long range"),
        pytest.param("range(0; 1; 1e-9)", UNBOUNDED, 0, id="range in small steps"),
        pytest.param("range(10 * 1000 * 100)", UNBOUNDED, 0, id="long range, computed"),
        pytest.param("while(. < 9; . + 1)", UNBOUNDED, 0, id="while"),
        pytest.param("until(. > 9; . + 1)", UNBOUNDED, 0, id="until"),
        pytest.param("recurse(.a)", UNBOUNDED, 0, id="recurse with a function"),
        pytest.param("recurse(.a; . != null)", UNBOUNDED, 0, id="recurse with a condition"),
        pytest.param("def f: f; f", UNBOUNDED, 7, id="recursion"),
        pytest.param("def f: 1; def f: f + 1; f", UNBOUNDED, 17, id="recursion, not the former f"),
        pytest.param("def f: def g: f; g; f", UNBOUNDED, 14, id="recursion through another"),
        pytest.param("def f(g): g; def h: f(h); h", UNBOUNDED, 22, id="recursion by an argument"),
        pytest.param("def f($n): f($n - 1); f(3)", UNBOUNDED, 11, id="recursion with a value"),
        pytest.param('"x" * 1000000', UNBOUNDED, 0, id="long text"),
        pytest.param('"x" * 1000 * 1000', UNBOUNDED, 0, id="long text in steps"),
        pytest.param('"x" * 1e9 * .a', UNBOUNDED, 0, id="long text before data"),
        pytest.param('.a + "x" * 1e9', UNBOUNDED, 5, id="long text after data"),
        pytest.param('[{a: ("x" * (1e4 + 1))}]', UNBOUNDED, 6, id="long text, deep inside"),
        pytest.param('1e9 * "x"', UNBOUNDED, 0, id="long text, turned round"),
        pytest.param("walks(.)", UNKNOWN, 0, id="misspelt"),
        pytest.param("_modify(.a; 1)", UNKNOWN, 0, id="jq's own function"),
        pytest.param("_plus(1; 2)", UNKNOWN, 0, id="jq's own operator"),
        pytest.param("map", UNKNOWN, 0, id="too few arguments"),
        pytest.param("length(1)", UNKNOWN, 0, id="too many arguments"),
        pytest.param("$a::b", SYNTAX, 0, id="variable of a module"),
        pytest.param("a::b", UNKNOWN, 0, id="function of a module"),
        pytest.param("f | def f: 1; f", UNKNOWN, 0, id="before its definition"),
        pytest.param("def f: 1; def g: f(2); g", UNKNOWN, 17, id="own one with other arguments"),
        pytest.param("@base46", UNKNOWN, 0, id="unknown format"),
        pytest.param('@shell "x"', UNKNOWN, 0, id="unknown format of a text"),
        pytest.param("\x00", SYNTAX, 0, id="zero"),
        pytest.param(". # \x00\n| env", SYNTAX, 0, id="zero in a comment, where C ends"),
        pytest.param("\ud800", SYNTAX, 0, id="half a character"),
        pytest.param("\uff45\uff4e\uff56", SYNTAX, 0, id="letters that look alike"),
        pytest.param("$\uff25NV", SYNTAX, 1, id="variable that looks alike"),
        pytest.param("en\u200bv", SYNTAX, 2, id="invisible letter"),
        pytest.param("(" * 100 + "1" + ")" * 100, "expression-too-deep", 64, id="deep"),
        pytest.param("." + " " * MAX_LENGTH, "expression-too-long", 0, id="long"),
    ],
)
def test_what_may_not_stand_there_is_refused_where_it_stands(
    text: str, code: str, offset: int
) -> None:
    """Each problem has its code and its place."""
    (problem, *_) = analyse(text).problems

    assert (problem.code, problem.offset) == (code, offset), problem
    assert problem.message.endswith(".")
    assert problem.hint == "" or problem.hint.endswith((".", "?"))


@pytest.mark.parametrize(
    "text",
    [
        ".a", "..", "recurse", "[.a[] | select(.b > 1)]", "def f(g; $x): g + $x; f(.a; 1)", "getpath([\"a\"])",
        "def map: 1; map", "def env_of: .env; env_of", ".env", '.["env"]', "{env: 1, input: 2, now}", '"env"',
        "# env\n.", ".now", "$env", "$input | $output", "error", 'error("x")', "limit(3; .[])", "range(100000)",
        "[range(.n)]", "reduce .[] as $x (0; . + $x)", "foreach .[] as $x (0; . + $x)", "label $f | break $f",
        'test("a+")', "walk(.)", "todate", "fromdate", 'strftime("%Y-%m-%dT%H:%M:%SZ")', "mktime", "gmtime",
        'strptime("%d %B %Y")', "@sh", '@uri "a\\(.b)"', "pow(2; 3)", "$__loc__", "infinite", "nan", "ascii_downcase",
        "def f: def f: 1; f; f", "def f(f): f; f(1)", ".import",
        '"x" * 1000', ". * 1000000", ".a.b[1:]?", "splits(\"a\")", "ltrimstr(\"a\")", "1",
        "first, last, add(.[])", "try error catch .",
    ],
)  # fmt: skip
def test_what_is_harmless_is_taken(text: str) -> None:
    """Nothing is refused for its looks."""
    assert analyse(text).problems == ()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("lenght", "Did you mean `length`?"),
        ("uper", ".uper"),
        ("mapp(.)", "Did you mean `map`?"),
        ("def total: 1; totl", "Did you mean `total`?"),
        ("customer", ".customer"),
        ("map", "`;` stands between arguments"),
        ("now", "$workflow.startedAt"),
        ("repeat(1)", "range(10)"),
        (".a = = 1", "=="),
        ("'a'", "double quotes"),
        (".a && .b", "`and`"),
        (".a?//1", "blank"),
    ],
)
def test_a_problem_says_what_to_write_instead(text: str, hint: str) -> None:
    """Whoever is refused is told the way."""
    problem = analyse(text).problems[0]

    assert hint in f"{problem.message} {problem.hint}"


def test_all_problems_are_told_in_the_order_of_the_text() -> None:
    """Not only the first mistake is shown."""
    found = analyse("now + lenght + ($ENV | repeat(.))").problems

    assert [each.offset for each in found] == [0, 6, 16, 23]


def test_what_is_known_of_an_expression() -> None:
    """Variables, functions, fields, secrets and cost, of a right one."""
    analysis = analyse('$secrets.key + .a as $b | $b + $context.c | ascii_downcase | test("x")')

    assert analysis.problems == ()
    assert analysis.variables == {"secrets", "context"}
    assert analysis.functions == {"ascii_downcase/0", "test/1"}
    assert analysis.fields == {"a"}
    assert analysis.secrets
    assert analysis.mentions_secrets
    assert analysis.cost == "costly"


@pytest.mark.parametrize(
    ("text", "is_mentioned"),
    [
        ("$secrets", True),
        ('"\\($secrets.a)"', True),
        ("{$secrets}", True),
        ("def f: $secrets; f", True),
        (". as $secrets | $secrets", False),
        ('"$secrets"', False),
        (".secrets", False),
        ("# $secrets\n1", False),
    ],
)
def test_secrets_are_seen_wherever_they_are_read(text: str, *, is_mentioned: bool) -> None:
    """Exactly the expressions that read `$secrets` are kept from workflows."""
    assert analyse(text).mentions_secrets is is_mentioned


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS | NONSENSE)
def test_what_passes_is_taken_by_jq(text: str) -> None:
    """An expression without problems compiles, with nothing but its variables."""
    analysis = analyse(text)
    assume(not analysis.problems)

    assert analysis.variables <= {"x", "y"}
    assert real.refusal(text) is None or analysis.variables - {"x"}


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60) | st.builds("".join, st.lists(st.sampled_from([*ATOMS, "(", ")", "\0"])))
)
def test_any_text_has_an_analysis(text: str) -> None:
    """However strange a text is, the answer is an analysis, with places inside the text."""
    for problem in analyse(text).problems:
        assert 0 <= problem.offset <= len(text)

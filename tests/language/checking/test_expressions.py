"""What expressions see, and what they may not say."""

import pytest
from tests.language.checking.marking import check, codes

SEEN = [
    pytest.param("if: .a\n    wait: PT1S", "/if", "context task workflow runtime", id="if"),
    pytest.param("input: {from: .a}\n    wait: PT1S", "/input/from", "context task workflow runtime", id="input"),
    pytest.param("set: .a", "/set", "context input task workflow runtime", id="set"),
    pytest.param("wait: '${ .a }'", "/wait", "context input task workflow runtime", id="wait"),
    pytest.param("wait: PT1S\n    timeout: {after: '${ .a }'}", "/timeout/after", "context input task workflow runtime", id="timeout"),
    pytest.param("wait: PT1S\n    output: {as: .a}", "/output/as", "context input task workflow runtime", id="output"),
    pytest.param("wait: PT1S\n    export: {as: .a}", "/export/as", "context input output task workflow runtime", id="export"),
    pytest.param("for: {each: x, in: .a, at: y}\n    do: [{b: {wait: PT1S}}]", "/for/in", "context input task workflow runtime", id="for-in"),
    pytest.param("for: {each: x, in: [1], at: y}\n    while: .a\n    do: [{b: {wait: PT1S}}]", "/while", "context input task workflow runtime x y", id="while"),
    pytest.param("for: {each: x, in: [1], at: y}\n    do: [{b: {set: {c: '${ .a }'}}}]", "/do/0/b/set/c", "context input task workflow runtime x y", id="in-a-loop"),
    pytest.param("for: {each: x, in: [1], at: y}\n    do: [{b: {fork: {branches: [{c: {if: .a, wait: PT1S}}]}}}]", "/do/0/b/fork/branches/0/c/if", "context task workflow runtime x y", id="deep-in-a-loop"),
    pytest.param("for: {each: x, in: [1], at: y}\n    do: [{b: {wait: PT1S}}]\n    output: {as: .a}", "/output/as", "context input task workflow runtime", id="after-a-loop"),
    pytest.param("try: [{b: {set: {c: '${ .a }'}}}]\n    catch: {as: e}", "/try/0/b/set/c", "context input task workflow runtime", id="try"),
    pytest.param("try: [{b: {wait: PT1S}}]\n    catch: {as: e, when: .a}", "/catch/when", "context input task workflow runtime e", id="catch-when"),
    pytest.param("try: [{b: {wait: PT1S}}]\n    catch: {as: e, retry: {exceptWhen: .a}}", "/catch/retry/exceptWhen", "context input task workflow runtime e", id="retry"),
    pytest.param("try: [{b: {wait: PT1S}}]\n    catch: {do: [{c: {set: {d: '${ .a }'}}}]}", "/catch/do/0/c/set/d", "context input task workflow runtime error", id="catch-do"),
    pytest.param("listen: {to: {one: {with: {data: '${ .a }'}}}}", "/listen/to/one/with/data", "context input task workflow runtime event", id="filter"),
    pytest.param("listen: {to: {one: {with: {type: t}, correlate: {c: {from: .a}}}}}", "/listen/to/one/correlate/c/from", "context input task workflow runtime event", id="correlate"),
    pytest.param("listen: {to: {any: [], until: .a}}", "/listen/to/until", "context input task workflow runtime", id="until"),
    pytest.param("listen: {to: {any: []}}\n    foreach: {item: i, at: n, do: [{b: {set: {c: '${ .a }'}}}]}", "/foreach/do/0/b/set/c", "context input task workflow runtime i n", id="foreach-do"),
    pytest.param("listen: {to: {any: []}}\n    foreach: {item: i, at: n, output: {as: .a}}", "/foreach/output/as", "context input task workflow runtime i n", id="foreach-output"),
    pytest.param("listen: {to: {any: []}}\n    foreach: {item: i, at: n, export: {as: .a}}", "/foreach/export/as", "context input output task workflow runtime i n", id="foreach-export"),
]  # fmt: skip
EVERY = [
    "context",
    "input",
    "output",
    "task",
    "workflow",
    "runtime",
    "x",
    "y",
    "e",
    "error",
    "event",
    "i",
    "n",
    "item",
    "index",
]


@pytest.mark.parametrize(("task", "place", "seen"), SEEN)
def test_an_expression_sees_what_the_standard_says(task: str, place: str, seen: str) -> None:
    """Every variable is there exactly where the table of the standard has it."""
    expression = " + ".join(f"${name}" for name in EVERY)

    problems = check(f"do:\n- t:\n    {task.replace('.a', expression)}\n").problems

    assert {each.pointer for each in problems} == {f"/do/0/t{place}"}
    refused = {each.message.rpartition("`$")[2].partition("`")[0] for each in problems}
    assert refused == set(EVERY) - set(seen.split())
    assert set(codes(problems)) <= {"variable-unknown", "variable-not-here"}


SENT = [
    "call: http\n    with: {method: get, endpoint: 'https://x.test', body: {a: [%%]}}",
    "call: http\n    with: {method: get, endpoint: 'https://x.test', headers: %%}",
    "call: http\n    with: {method: get, endpoint: %%}",
    "call: http\n    with: {method: get, endpoint: {uri: 'https://x.test', authentication: {bearer: {token: %%}}}}",
    "call: openapi\n    with: {document: {endpoint: 'https://x.test'}, operationId: x, parameters: {a: %%}}",
    "call: grpc\n    with: {proto: {endpoint: 'https://x.test'}, service: {name: x, host: y}, method: z, arguments: {a: %%}}",
    "call: mcp\n    with: {method: tools/call, transport: {http: {endpoint: 'https://x.test', headers: {a: %%}}}}",
    "call: mcp\n    with: {method: tools/call, transport: {stdio: {command: x, environment: {a: %%}}}}",
    "run: {script: {language: js, code: x, environment: {a: %%}}}",
    "run: {script: {language: js, code: x, arguments: [%%]}}",
    "run: {script: {language: js, code: x, stdin: %%}}",
    "run: {shell: {command: x, environment: {a: %%}}}",
]
KEPT = [
    "if: $secrets.s.a\n    wait: PT1S",
    "input: {from: $secrets.s}\n    wait: PT1S",
    "wait: PT1S\n    output: {as: {a: %%}}",
    "wait: PT1S\n    export: {as: $secrets}",
    "set: {a: %%}",
    "switch: [{x: {when: $secrets.s, then: end}}]",
    "for: {in: [%%]}\n    do: [{b: {wait: PT1S}}]",
    "raise: {error: {type: x, status: 400, detail: %%}}",
    "emit: {event: {with: {source: a, type: b, data: %%}}}",
    "emit: {event: {with: {source: a, type: b, extra: %%}}}",
    "wait: %%",
    "run: {workflow: {namespace: a, name: b, input: {c: %%}}}",
    "call: 'f:1.0.0@default'\n    with: {a: %%}",
    "listen: {to: {one: {with: {type: %%}}}}",
]


@pytest.mark.parametrize("task", SENT)
def test_secrets_may_go_into_what_is_sent(task: str) -> None:
    """There an activity puts them in, and no history holds them."""
    text = task.replace("%%", "'${ $secrets.s.a }'")

    assert check(f"use: {{secrets: [s]}}\ndo:\n- t:\n    {text}\n").problems == ()


@pytest.mark.parametrize("task", KEPT)
def test_secrets_are_refused_where_a_history_would_keep_them(task: str) -> None:
    """Whatever the workflow itself evaluates ends up in its history."""
    text = task.replace("%%", "'${ $secrets.s.a }'")

    checked = check(f"use: {{secrets: [s]}}\ndo:\n- t:\n    {text}\n")

    assert codes(checked.problems) == ["secret-in-history"]


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("[" * 400 + "]" * 400, "expression-too-deep"),
        (".a + " * 8_000 + ".a", "expression-too-long"),
        ("", "expression-syntax"),
        ("   ", "expression-syntax"),
    ],
    ids=["deep", "long", "empty", "blank"],
)
def test_expressions_have_limits(expression: str, code: str) -> None:
    """Of depth and length; and they are not empty."""
    assert codes(check(f"do:\n- a:\n    if: '{expression}'\n    wait: PT1S\n").problems) == [code]


def test_what_named_parts_see_is_what_is_there_where_they_are_used() -> None:
    """A named error may mention a loop's variable, and none that no loop has."""
    text = (
        "use: {{errors: {{e: {{type: x, status: 400, detail: '${{ ${} }}'}}}}}}\n"
        "do: [{{a: {{for: {{each: pet, in: .a}}, do: [{{b: {{raise: {{error: e}}}}}}]}}}}]\n"
    )

    assert check(text.format("pet")).problems == ()
    assert codes(check(text.format("cat")).problems) == ["variable-unknown"]


def test_a_variable_that_is_nearly_there_is_named() -> None:
    """A slip of the pen is told of as one."""
    text = "do:\n- a:\n    for: {each: pet, in: .a}\n    do: [{b: {set: {c: '${ $pat.name }'}}}]\n"

    assert check(text).problems[0].hint == "Did you mean `$pet`?"


def test_a_field_may_be_kept_or_given_again() -> None:
    """Only what is certainly gone is warned of."""
    for between in (
        "- a: {set: {b: 1}, if: .x}\n",
        "- a: {set: {b: 1}, then: c}\n",
        "- a: {set: '${ .b }'}\n",
        "- a: {set: {b: 1}, output: {as: '{ lost: . }'}}\n",
    ):
        assert check(f"do:\n{between}- c: {{set: {{d: '${{ .lost }}'}}}}\n").problems == ()

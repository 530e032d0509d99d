"""What a definition tells Everloom under `metadata.everloom`."""

import pytest
from tests.language.checking.marking import check, codes

from everloom.language import check_definition

HEAD = (
    "document:\n  dsl: '1.0.3'\n  namespace: tests\n  name: tested\n  version: 1.0.0\n"
    "  metadata:\n    other: anything\n    everloom: {options}\ndo: [{{a: {{wait: PT1S}}}}]\n"
)


def test_everything_that_a_workflow_may_say() -> None:
    """Queue, lifecycle, queries and updates."""
    options = (
        "{queue: slow, lifecycle: true, queries: {total: '.total + ($workflow.input.n // 0)'},"
        " updates: {approve: {schema: {document: {type: object}},"
        " emit: {type: shop.approved, source: /shop, data: '${ . }'},"
        " export: {as: '$context + { by: .by }'}, output: {as: .by}}}}"
    )

    checked = check_definition(HEAD.format(options=options))

    assert checked.problems == ()


@pytest.mark.parametrize(
    ("options", "code", "pointer"),
    [
        ("{quee: x}", "key-unknown", "/quee"),
        ("{lifecycle: 'yes'}", "value-wrong-type", "/lifecycle"),
        ("[]", "value-wrong-type", ""),
        ("{queries: {everloom.state: .}}", "name-reserved", "/queries/everloom.state"),
        ("{queries: {'a b': .}}", "value-not-fitting", "/queries/a b"),
        ("{queries: {a: now}}", "expression-forbidden", "/queries/a"),
        ("{queries: {a: $task}}", "variable-not-here", "/queries/a"),
        ("{updates: {a: {emit: {}}}}", "key-missing", "/updates/a/emit"),
        ("{updates: {a: {export: {as: $output}}}}", "variable-not-here", "/updates/a/export/as"),
        ("{updates: {a: {output: {as: $secrets.x}}}}", "secret-in-history", "/updates/a/output/as"),
        (
            "{updates: {a: {schema: {document: {type: x}}}}}",
            "schema-not-fitting",
            "/updates/a/schema/document/type",
        ),
    ],
)
def test_a_mistake_in_them_is_found(options: str, code: str, pointer: str) -> None:
    """They are as strict as the language itself."""
    problems = check_definition(HEAD.format(options=options)).problems

    assert [(each.code, each.pointer) for each in problems] == [
        (code, f"/document/metadata/everloom{pointer}")
    ]


RIGHT = [
    "call: http\n    with: {method: get, endpoint: 'https://x.test'}",
    "call: 'f:1.0.0@default'",
    "emit: {event: {with: {source: a, type: b}}}",
    "run: {script: {language: js, code: x}}",
]


@pytest.mark.parametrize("task", RIGHT, ids=["http", "activity", "emit", "script"])
def test_everything_that_a_task_may_say(task: str) -> None:
    """Where an activity does the work, all options have an effect."""
    checked = check(
        f"do:\n- a:\n    {task}\n    metadata:\n      everloom:\n        queue: slow\n"
        "        timeout: 30s\n        total: 1h\n        wait: 5m\n        heartbeat: 10s\n"
        "        retry: {attempts: 3, interval: 1s, coefficient: 2, cap: 1m}\n"
        "        local: true\n        summary: does it\n        cost: 0.25\n"
    )

    assert checked.problems == ()


@pytest.mark.parametrize(
    ("task", "option"),
    [
        ("set: {b: 1}", "summary: x"),
        ("do: [{b: {wait: PT1S}}]", "timeout: 1s"),
        ("wait: PT1S", "queue: x"),
        ("wait: PT1S", "cost: 1"),
        ("run: {workflow: {namespace: a, name: b}}", "heartbeat: 1s"),
        ("call: f", "queue: x"),
    ],
)
def test_an_option_without_effect_is_refused(task: str, option: str) -> None:
    """Nothing that a definition says is ignored."""
    checked = check(
        "use: {functions: {f: {wait: PT1S}}}\n"
        f"do:\n- a:\n    {task}\n    metadata: {{everloom: {{{option}}}}}\n"
    )

    assert codes(checked.problems) == ["option-without-effect"]


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("timeout: 30", "value-not-fitting"),
        ("timeout: PT30S", "value-not-fitting"),
        ("retry: {attempts: -1}", "value-not-fitting"),
        ("retry: {coefficient: 0.5}", "value-not-fitting"),
        ("retry: {attempts: 1.5}", "value-wrong-type"),
        ("local: 1", "value-wrong-type"),
        ("cost: -1", "value-not-fitting"),
        ("cost: a lot", "value-wrong-type"),
        ("summary:", "value-empty"),
        ("queue: ''", "value-empty"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(option: str, code: str) -> None:
    """Durations are written as in the settings; numbers are in bounds."""
    checked = check(
        "do:\n- a:\n    emit: {event: {with: {source: a, type: b}}}\n"
        f"    metadata:\n      everloom:\n        {option}\n"
    )

    assert codes(checked.problems) == [code]

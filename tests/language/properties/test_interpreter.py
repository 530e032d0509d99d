"""The reference interpreter itself, against what the standard and the rulings say in words."""

import pytest
import yaml
from tests.language.properties.interpreter import interpret
from tests.language.properties.problems import Json
from tests.language.properties.starting import definition, ran, run


def test_tasks_run_in_the_order_of_their_declaration() -> None:
    """Without `then`, one follows the other, and each gets what the one before put out."""
    outcome = run("""
    - red: {set: {colors: '${ .colors + ["red"] }'}}
    - green: {set: {colors: '${ .colors + ["green"] }'}}
    - blue: {set: {colors: '${ .colors + ["blue"] }'}}
    """)

    assert outcome.output == {"colors": ["red", "green", "blue"]}
    assert ran(outcome) == ["red", "green", "blue"]


def test_then_goes_to_the_task_it_names_and_end_ends() -> None:
    """Forward and backward alike; what nothing leads to does not run."""
    outcome = run("""
    - red: {set: {colors: '${ .colors + ["red"] }'}, then: green}
    - blue: {set: {colors: '${ .colors + ["blue"] }'}, then: end}
    - green: {set: {colors: '${ .colors + ["green"] }'}, then: blue}
    """)

    assert outcome.output == {"colors": ["red", "green", "blue"]}


def test_exit_leaves_the_scope_and_end_the_workflow() -> None:
    """The task around goes on after `exit`; after `end`, nothing does."""
    outcome = run("""
    - outer:
        do:
          - first: {set: {at: 1}, then: exit}
          - never: {set: {at: 2}}
        output: {as: '{left: .at}'}
    - inner:
        do:
          - last: {set: {at: '${ .left + 10 }'}, then: end}
        output: {as: '"not reached"'}
    - neither: {set: {at: 4}}
    """)

    assert outcome.output == {"at": 11}
    assert ran(outcome) == ["first", "outer", "last", "inner"]


def test_set_replaces_what_was_there() -> None:
    """A set never merges, and only whole texts in `${ }` are expressions."""
    outcome = run("- put: {set: {a: '${ .b }', '${ .b }': .b, deep: [{x: '${ .b }'}]}}", {"b": 1})

    assert outcome.output == {"a": 1, "${ .b }": ".b", "deep": [{"x": 1}]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("  ${ .a }\n", 1, id="space-around"),
        pytest.param('${ "}" }', "}", id="brace-in-a-text"),
        pytest.param('${ "\\("}")" }', "}", id="text-in-a-text"),
        pytest.param("${ .a # }\n }", 1, id="brace-in-a-comment"),
        pytest.param("${ .a # comment }", 1, id="comment-to-the-end"),
        pytest.param("${ {b: .a} }", {"b": 1}, id="object"),
        pytest.param("Hello ${ .a }, ${ .b }!", "Hello 1, x!", id="two-in-a-text"),
        pytest.param("${ .a }${ .b }", "1x", id="one-beside-another"),
        pytest.param("${ .a", "${ .a", id="never-closed"),
        pytest.param("$ {.a}", "$ {.a}", id="dollar-apart"),
        pytest.param("{{ .a }}", "{{ .a }}", id="another-language"),
        pytest.param(".a", ".a", id="bare"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_value_is_an_expression_where_it_says_so(text: str, value: Json) -> None:
    """The braces belong to jq as jq reads them."""
    do = [{"put": {"set": {"value": text}}}]

    outcome = interpret({**definition("[]"), "do": do}, {"a": 1, "b": "x"})

    assert outcome.output == {"value": value}


def test_expressions_in_data_are_data() -> None:
    """What comes from outside, or out of an expression, is not evaluated again."""
    outcome = run("- put: {set: {got: '${ .given }'}}", {"given": "${ 1 + 1 }"})

    assert outcome.output == {"got": "${ 1 + 1 }"}


def test_data_flows_through_input_output_and_export() -> None:
    """Each stage sees what the one before made, and the arguments that exist by then."""
    outcome = run(
        """
    - one:
        input: {from: '{a: .a, task: $task.name, whole: $workflow.input}'}
        set: {sum: '${ .a + $input.a }', raw: '${ $task.input.a }', name: '${ .task }'}
        output: {as: '. + {was: $input.a, raw2: $task.output.sum}'}
        export: {as: '($context // {}) + {kept: .sum, same: ($output == .)}'}
    - two: {set: {all: '${ $input }', context: '${ $context }', at: '${ $task.reference }'}}
    """,
        {"a": 2, "b": 3},
        input={"from": "{a: (.b + 1)}"},
        output={"as": {"done": "${ . }"}},
    )

    first = {"sum": 8, "raw": 4, "name": "one", "was": 4, "raw2": 8}
    second = {"all": first, "context": {"kept": 8, "same": True}, "at": "/do/1/two"}
    assert outcome.output == {"done": second}


def test_a_skipped_task_changes_nothing() -> None:
    """Its input goes on, without output, export or `then`."""
    outcome = run(
        """
    - hop: {if: '.a == 2', set: {a: 9}, output: {as: '1'}, export: {as: '{x: 1}'}, then: end}
    - run: {if: '${ .a }', set: {a: '${ .a }', x: '${ $context.x }'}}
    """,
        {"a": 1},
    )

    assert outcome.output == {"a": 1, "x": None}
    assert outcome.trace == [
        ("/do/0/hop", "hop", "skipped"),
        ("/do/1/run", "run", "started"),
        ("/do/1/run", "run", "completed"),
    ]


SWITCH = """
    - choose:
        switch:
          - otherwise: {then: c}
          - first: {when: .n == 1, then: a}
          - second: {when: '${ .n >= 1 }', then: b}
          - third: {when: .n == 0, then: continue}
        then: end
    - a: {set: {at: a}, then: end}
    - b: {set: {at: b}, then: exit}
    - c: {set: {at: c}}
"""


@pytest.mark.parametrize(("n", "at"), [(1, "a"), (2, "b"), (0, "a"), (-1, "c")])
def test_a_switch_takes_the_first_case_that_matches(n: int, at: str) -> None:
    """The default waits until none does, wherever it stands; a case's `then` is what counts."""
    assert run(SWITCH, {"n": n}).output == {"at": at}


def test_a_switch_without_a_match_goes_on_as_it_says() -> None:
    """Its own `then` is for when no case decides, and its output is its input."""
    outcome = run(
        """
    - choose: {switch: [{one: {when: .n == 1, then: a}}], then: end}
    - a: {set: {at: a}}
    """,
        {"n": 3},
    )

    assert outcome.output == {"n": 3}


def test_a_loop_hands_its_data_from_pass_to_pass() -> None:
    """Item and index are variables in it, `exit` ends one pass, `while` looks before each."""
    outcome = run(
        """
    - loop:
        for: {each: color, in: .colors}
        while: '$index < 3 and (.seen | length) < 9'
        do:
          - mark: {set: {seen: '${ .seen + [$color, $index] }'}}
          - leave: {if: '$color == "green"', set: {seen: '${ .seen }'}, then: exit}
          - more: {set: {seen: '${ .seen + ["!"] }'}}
    """,
        {"colors": ["red", "green", "blue", "grey"]},
    )

    assert outcome.output == {"seen": ["red", 0, "!", "green", 1, "blue", 2, "!"]}


def test_an_empty_loop_puts_out_its_input() -> None:
    """And a list may stand in the definition itself."""
    outcome = run(
        """
    - none: {for: {in: '[]'}, do: [{x: {set: {a: 9}}}]}
    - some: {for: {in: [{v: 1}, {v: '${ .a }'}], at: i}, do: [{x: {set: {a: '${ $item.v + $i }'}}}]}
    """,
        {"a": 5},
    )

    assert outcome.output == {"a": 6}


def test_branches_run_beside_each_other() -> None:
    """Outputs in order; each branch has its own context until all have ended."""
    outcome = run("""
    - both:
        fork:
          branches:
            - one: {set: {a: 1, b: '${ $context.b }'}, export: {as: '{a: 1, old: 1}'}}
            - two: {set: {b: '${ $context.a }'}, export: {as: '($context // {}) + {b: 2}'}}
    - after: {set: {got: '${ . }', context: '${ $context }'}}
    """)

    assert outcome.output == {
        "got": [{"a": 1, "b": None}, {"b": None}],
        "context": {"a": 1, "old": 1, "b": 2},
    }


def test_a_branch_takes_back_only_what_it_changed() -> None:
    """Who leaves a key of the context alone does not undo what another branch wrote there."""
    outcome = run("""
    - before: {set: {x: 1}, export: {as: '{a: 0, b: 0, c: 0}'}}
    - both:
        fork:
          branches:
            - one: {set: {x: 1}, export: {as: '$context + {a: 1, b: 1} | del(.c)'}}
            - two: {set: {x: 1}, export: {as: '$context + {b: 2}'}}
            - three: {set: {x: 1}}
    - after: {set: {context: '${ $context }'}}
    """)

    assert outcome.output == {"context": {"a": 1, "b": 2}}


def test_the_first_branch_that_succeeds_wins() -> None:
    """A branch that fails loses; what became of the later ones is not certain."""
    outcome = run("""
    - race:
        fork:
          compete: true
          branches:
            - bad: {raise: {error: {type: 'https://x.example/e', status: 1}}}
            - good: {set: {a: 1}}
            - late: {do: [{x: {set: {a: 2}}}]}
    """)

    assert outcome.output == {"a": 1}
    assert outcome.racing == {"/do/0/race/fork/branches/2/late"}


def test_a_race_that_nobody_wins_faults_with_the_last_error() -> None:
    """And a fork of equals with the first one."""
    do = """
    - all:
        fork:
          compete: %s
          branches:
            - one: {raise: {error: {type: 'https://x.example/e', status: 1}}}
            - two: {raise: {error: {type: 'https://x.example/e', status: 2}}}
    """

    assert (run(do % "true").error or {})["status"] == 2
    assert (run(do % "false").error or {})["status"] == 1


def test_a_function_gets_its_arguments_as_input() -> None:
    """It is a task of its own, with a place of its own."""
    functions = yaml.safe_load("""
    add:
      input: {from: '{sum: (.a + .b)}'}
      do:
        - put: {set: {sum: '${ .sum }', at: '${ $task.reference }'}}
    """)
    do = "- call: {call: add, with: {a: '${ .x }', b: 2}, output: {as: '. + {x: $input.x}'}}"

    outcome = run(do, {"x": 1}, use={"functions": functions})

    assert outcome.output == {"sum": 3, "at": "/use/functions/add/do/0/put", "x": 1}


def test_another_workflow_runs_as_a_task() -> None:
    """Its output is the task's, its error the task's error; unless nobody waits for it."""
    good = definition("- put: {set: {got: '${ . }', kept: '${ $context }'}}", "good")
    bad = definition("- boom: {raise: {error: {type: 'https://x.example/e', status: 4}}}", "bad")
    parent = definition("""
    - one:
        run: {workflow: {namespace: tests, name: good, version: 1.0.0, input: {a: '${ .a }'}}}
        export: {as: .}
    - two: {run: {await: false, workflow: {namespace: tests, name: bad, version: latest}}}
    - three: {run: {workflow: {namespace: tests, name: bad, version: 1.0.0}}}
    """)

    outcome = interpret(parent, {"a": 1}, [good, bad])

    assert outcome.status == "faulted"
    assert (outcome.error or {})["status"] == 4
    assert " ".join(f"{row[1]}-{row[2]}" for row in outcome.trace) == (
        "one-started one-completed two-started two-completed three-started three-faulted"
    )


def test_an_emitted_event_is_the_output() -> None:
    """The whole envelope, and it is kept in order."""
    outcome = run(
        """
    - emit:
        emit:
          event:
            with: {id: a, source: 'https://x.example', type: t.v1, data: {n: '${ .n }'}}
    - wait: {wait: {seconds: 1}}
    """,
        {"n": 1},
    )

    assert outcome.output == outcome.events[0]
    assert outcome.output["data"] == {"n": 1}
    assert {"id", "specversion", "time", "source", "type", "data"} == outcome.output.keys()


@pytest.mark.parametrize(
    ("task", "instance"),
    [
        pytest.param("{input: {schema: &s {document: {type: number}}, from: '1'}, set: {a: 1}}", "/do/0/t", id="raw-input"),
        pytest.param("{set: {a: 1}, output: {schema: {document: {type: number}}, as: '{b: 1}'}}", "/do/0/t", id="output-at-the-end"),
        pytest.param("{set: {a: 1}, export: {schema: {document: {type: number}}, as: .}}", "/do/0/t", id="context"),
        pytest.param("{set: {a: 1}, export: {schema: {document: {type: number}}}}", "/do/0/t", id="context-as-it-was"),
        pytest.param("{input: {schema: {document: {type: object}}}, set: {a: 1}}", None, id="all-is-well"),
    ],
)  # fmt: skip
def test_data_that_does_not_fit_its_schema_is_an_error(task: str, instance: str | None) -> None:
    """The input before it is changed, the output after, the context whether or not it is exported."""
    outcome = run(f"- t: {task}", {"x": 1})

    assert (outcome.error or {}).get("instance") == instance

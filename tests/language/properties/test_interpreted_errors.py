"""What the reference interpreter makes of errors: raised, caught, retried, left alone."""

import pytest
from tests.language.properties.problems import ERRORS, Json
from tests.language.properties.starting import run


def test_a_raised_error_faults_the_workflow() -> None:
    """It says where it comes from."""
    outcome = run("""
    - raiseError:
        raise:
          error:
            status: 400
            type: https://serverlessworkflow.io/errors/types/compliance
            title: Compliance Error
    """)

    assert outcome.status == "faulted"
    assert outcome.error == {
        "status": 400,
        "type": "https://serverlessworkflow.io/errors/types/compliance",
        "title": "Compliance Error",
        "instance": "/do/0/raiseError",
    }


def test_an_error_is_caught_by_what_it_is() -> None:
    """Types are the same under all their spellings, and `.` and `$error` are the error."""
    mine = {
        "type": "https://open-workflow-specification.org/dsl/errors/types/runtime",
        "status": 500,
        "detail": "${ .x | tostring }",
    }

    outcome = run(
        """
    - try~it/:
        try:
          - inner: {do: [{boom: {raise: {error: mine}}}]}
        catch:
          errors:
            with: {type: 'https://serverlessworkflow.io/dsl/errors/types/runtime', status: 500}
          when: '.status == $err.status'
          exceptWhen: '.detail == "no"'
          as: err
          do:
            - use: {set: {error: '${ $err }', input: '${ . }'}}
    """,
        {"x": 1},
        use={"errors": {"mine": mine}},
    )

    where = "/do/0/try~0it~1/try/0/inner/do/0/boom"
    problem = {"type": f"{ERRORS}runtime", "status": 500, "detail": "1", "instance": where}
    assert outcome.output == {"error": problem, "input": {"x": 1}}
    assert " ".join(row[2] for row in outcome.trace) == (
        "started started started faulted faulted started completed completed"
    )


def test_an_error_that_no_catch_wants_goes_on() -> None:
    """As does one that a catch raises itself."""
    outcome = run("""
    - outer:
        try:
          - inner:
              try: [{boom: {raise: {error: {type: 'https://x.example/e', status: 1}}}}]
              catch: {errors: {with: {status: 2}}, do: [{x: {set: {a: 1}}}]}
        catch:
          do: [{again: {raise: {error: {type: 'https://x.example/e', status: 3}}}}]
    """)

    assert outcome.error == {
        "type": "https://x.example/e",
        "status": 3,
        "instance": "/do/0/outer/catch/do/0/again",
    }


def test_an_error_that_is_caught_and_left_alone_is_over() -> None:
    """Without anything to do, the task puts out its input; a catch may choose where to go on."""
    outcome = run(
        """
    - one:
        try: [{a: {set: {n: 9}}}, {boom: {raise: {error: {type: 'https://x.example/e', status: 1}}}}]
        catch: {}
    - two:
        try: [{boom: {raise: {error: {type: 'https://x.example/e', status: 1}}}}]
        catch: {then: four}
        then: end
    - three: {set: {n: 3}}
    - four: {set: {was: '${ .n }'}}
    """,
        {"n": 1},
    )

    assert outcome.output == {"was": 1}


FLAKY = """
    - flaky:
        try:
          - count:
              set: {n: '${ (($context.n) // 0) + 1 }'}
              export: {as: '{n: .n}'}
          - fail:
              if: .n <= %d
              raise: {error: {type: 'https://x.example/e', status: 503}}
        catch:
          retry: {limit: {attempt: {count: 2}}}
          do: [{give: {set: {gave: up, n: '${ $context.n }'}}}]
          then: end
    - after: {set: {n: '${ .n }', after: true}}
"""


@pytest.mark.parametrize(
    ("failures", "output", "retries"),
    [
        pytest.param(0, {"n": 1, "after": True}, 0, id="no-failure"),
        pytest.param(2, {"n": 3, "after": True}, 2, id="the-last-retry-succeeds"),
        pytest.param(3, {"gave": "up", "n": 3}, 2, id="one-too-many"),
    ],
)
def test_a_count_limits_the_retries(failures: int, output: Json, retries: int) -> None:
    """A count of two is two retries, so three attempts; then the catch does what it says."""
    outcome = run(FLAKY % failures)

    assert outcome.output == output
    assert outcome.trace.count(("/do/0/flaky", "flaky", "retried")) == retries


def test_a_policy_chooses_what_it_retries() -> None:
    """An error that the policy does not want is handled at once."""
    outcome = run(
        """
    - t:
        try: [{boom: {raise: {error: {type: 'https://x.example/e', status: 5}}}}]
        catch: {retry: fussy, do: [{x: {set: {a: 1}}}]}
    """,
        use={"retries": {"fussy": {"when": ".status == 6"}}},
    )

    assert outcome.output == {"a": 1}
    assert "retried" not in {row[2] for row in outcome.trace}


def test_an_expression_that_fails_is_an_error_of_its_task() -> None:
    """As is one that yields nothing; a `try` catches both."""
    outcome = run(
        """
    - t:
        try: [{bad: {set: {a: '${ .a.b }'}}}]
        catch:
          errors: {with: {type: 'https://serverlessworkflow.io/spec/1.0.0/errors/expression'}}
          do: [{empty: {set: {status: '${ $error.status }', a: '${ .a | empty }'}}}]
    """,
        {"a": 1},
    )

    assert outcome.error is not None
    assert outcome.error["type"] == f"{ERRORS}expression"
    assert outcome.error["status"] == 400
    assert outcome.error["instance"] == "/do/0/t/catch/do/0/empty"

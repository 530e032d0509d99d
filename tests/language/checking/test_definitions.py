"""Whole definitions: what is right passes, all that is wrong is told at once and in order."""

import json
from typing import Any

import pytest
from tests.language.checking.marking import HEAD, check, codes

from everloom.language import check_definition

PETS = """\
document:
  dsl: '1.0.3'
  namespace: pets
  name: order-pet
  version: 0.1.0
  title: Order a pet
  summary: |
    Orders a *pet*.
use:
  secrets: [petStoreSecret]
  authentications:
    petStore:
      oauth2:
        authority: https://auth.pets.test
        grant: client_credentials
        client: {id: runtime, secret: "${ $secrets.petStoreSecret.value }"}
        scopes: [api]
  retries:
    patient: {delay: PT3S, backoff: {exponential: {}}, limit: {attempt: {count: 5}}, jitter: {from: {seconds: 0}, to: PT1S}}
  errors:
    soldOut: {type: https://pets.test/sold-out, status: 409, title: "${ \\"No \\" + .breed }"}
  timeouts:
    short: {after: PT10S}
  functions:
    findPets:
      call: openapi
      with:
        document: {endpoint: https://pets.test/swagger.json}
        operationId: findByStatus
        parameters: {status: available}
  extensions:
    - logging:
        extend: call
        when: $task.call == "http"
        before:
          - tell: {call: http, with: {method: post, endpoint: https://log.test, body: {name: "${ $task.name }"}}}
input:
  schema: {document: {type: object, required: [order], properties: {order: {type: object}}}}
  from: .order
timeout: {after: {hours: 1}}
do:
  - find: {call: findPets, timeout: short}
  - choose:
      for: {each: pet, in: ".pets", at: place}
      while: $place < 10 and (.chosen == null)
      do:
        - look:
            if: $pet.breed == $workflow.input.order.breed
            set: {chosen: "${ $pet }", asked: "${ $context.asked }"}
            export: {as: "$context + { asked: $output.asked }"}
  - decide:
      switch:
        - found: {when: .chosen != null, then: buy}
        - none: {then: refuse}
  - refuse: {raise: {error: soldOut}}
  - buy:
      try:
        - pay:
            call: http
            with:
              method: put
              endpoint: {uri: "https://pets.test/pets/{id}", authentication: {use: petStore}}
              headers: {X-Key: "${ $secrets.petStoreSecret.key }"}
              body: "${ . + { status: \\"sold\\" } }"
      catch:
        errors: {with: {status: 503}}
        as: trouble
        when: $trouble.detail != null and .status == 503
        retry: patient
        do:
          - tell: {emit: {event: {with: {source: https://pets.test, type: pets.lost.v1, data: "${ $trouble }"}}}}
        then: wait
  - both:
      fork:
        compete: true
        branches:
          - one: {wait: {seconds: 1}}
          - two: {run: {workflow: {namespace: pets, name: other, version: 0.1.0, input: {a: "${ .b }"}}}}
  - hear:
      listen:
        to:
          any:
            - with: {type: pets.moved.v1, data: "${ .petId == $input.id and $event.source != null }"}
              correlate: {pet: {from: .data.petId, expect: "${ .id }"}}
          until: (. | length) > 3
        read: envelope
      foreach:
        item: event
        at: n
        do: [{note: {set: {at: "${ $event.time }", n: "${ $n }"}}}]
        output: {as: "{ n: $n }"}
        export: {as: "$context + { last: $output.n }"}
      output: {as: ".[0]"}
  - wait: {wait: "${ .delay }", metadata: {everloom: {summary: a moment}}}
  - compute:
      run:
        script: {language: python, code: "print(1)", arguments: ["${ .a }"], environment: {A: "${ $secrets.petStoreSecret.a }"}}
        return: all
output: {as: "{ result: ., asked: $context.asked }"}
schedule: {cron: "0 6 * * 1-5"}
evaluate: {language: jq, mode: strict}
"""


def test_a_definition_with_everything_is_right() -> None:
    """Nothing of what the language allows is refused or warned of."""
    checked = check_definition(PETS)

    assert checked.problems == ()
    definition = checked.definition
    assert definition is not None
    assert definition.type_name == "pets.order-pet@0.1.0"
    assert definition.value["schedule"] == {"cron": "0 6 * * 1-5"}
    assert (
        definition.line_of("/do/0/find")
        == PETS.splitlines().index("  - find: {call: findPets, timeout: short}") + 1
    )


def test_yaml_json_and_values_give_the_same() -> None:
    """Whichever way a definition comes, it means the same."""
    value = check_definition(PETS).definition
    assert value is not None

    for source in (PETS.encode(), json.dumps(value.value), value.value):
        other = check_definition(source).definition
        assert other is not None
        assert other.model == value.model
        assert other.value == value.value


@pytest.mark.parametrize("dsl", ["1.0.0", "1.0.3", "1.0.0-alpha1"])
def test_every_version_of_the_language_from_1_0_is_known(dsl: str) -> None:
    """Patches change no meaning."""
    assert check_definition(HEAD.replace("1.0.3", dsl) + "do: [{a: {wait: PT1S}}]").definition


@pytest.mark.parametrize("dsl", ["0.8.0", "1.1.0", "2.0.0"])
def test_other_versions_of_the_language_are_refused(dsl: str) -> None:
    """They mean something else by the same words."""
    checked = check_definition(HEAD.replace("1.0.3", dsl) + "do: [{a: {wait: PT1S}}]")

    assert codes(checked.problems) == ["dsl-not-supported"]
    assert checked.problems[0].pointer == "/document/dsl"


PUBLISHED = [
    pytest.param(
        "do:\n- a: {run: {shell: {command: 'echo \"Hello, ${ .user.name }\"'}}}\n", [], id="shell"
    ),
    pytest.param(
        "do:\n- a: {set: {error: $error}}\n", ["literal-like-expression"], id="dead-literal"
    ),
    pytest.param(
        "do:\n- a:\n    call: http\n    with:\n      method: post\n      endpoint: https://x.test\n"
        "      body:\n        text: >\n          Hello ${ .name }!\n\n          ${ .pets | map(.name) | join(\", \") }\n",
        ["expression-in-text"],
        id="mail",
    ),
    pytest.param(
        "do:\n- a:\n    listen: {to: {one: {with: {type: x}}}}\n"
        "    export: {as: '$context + { action: .data.nextAction }'}\n",
        ["field-of-a-list"],
        id="list-of-events",
    ),
    pytest.param(
        "do:\n- a: {set: {issue: {status: open}}}\n- b: {set: {n: '${ .author }'}}\n",
        ["field-dropped"],
        id="dropped",
    ),
    pytest.param(
        "do:\n- a: {raise: {error: {type: x, status: 400}}, then: end}\n- b: {wait: PT1S}\n",
        ["task-unreachable"],
        id="unreachable",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), PUBLISHED)
def test_what_published_definitions_do_is_warned_of_only(text: str, found: list[str]) -> None:
    """They are written by people who know the language, and work elsewhere."""
    checked = check(text)

    assert codes(checked.problems) == found
    assert checked.definition is not None


def test_all_problems_are_told_at_once_in_the_order_of_the_text() -> None:
    """What is not built right does not hide what means nothing."""
    checked = check(
        "use: {secrets: [s], retries: {r: {dely: PT1S}}}\n"
        "do:\n"
        "- a: {sett: {b: 1}, then: c}\n"
        "- b: {set: {x: '${ $nope }'}, then: nowhere}\n"
        "- c: {do: [{d: {wait: 3}}, {e: {call: lost}}]}\n"
        "- f: {raise: {error: gone}}\n"
        "  g: {wait: PT1S}\n"
        "- h: {try: [{i: {wait: PT1S}}], catch: {retry: r}, timeout: t}\n"
        "schedule: {evry: PT1S}\n"
    )

    assert codes(checked.problems) == [
        "key-unknown", "task-without-kind", "variable-unknown", "target-unknown",
        "value-wrong-type", "function-unknown", "error-unknown", "one-name-each",
        "timeout-unknown", "key-unknown",
    ]  # fmt: skip
    places = [(each.line, each.column) for each in checked.problems]
    assert places == sorted(places)


def test_what_stands_in_for_a_broken_task_is_not_told_of() -> None:
    """Mistakes are the author's own, whatever the check has put in their place."""
    checked = check(
        "document_: 1\n"
        "do:\n- a: {switch: [{x: {when: .y, then: c}}], thn: end}\n- b: {wait: PT1S, thn: end}\n"
        "- c: {call: http, with: {}}\n"
    )

    assert sorted(set(codes(checked.problems))) == ["key-missing", "key-unknown"]


def test_a_broken_document_hides_nothing() -> None:
    """The head is a part like others."""
    checked = check_definition("document: {dsl: 1.0}\ndo: [{a: {call: lost}}]\ninput: x\n")

    assert sorted(set(codes(checked.problems))) == [
        "function-unknown", "key-missing", "value-wrong-type",
    ]  # fmt: skip


@pytest.mark.parametrize("use", ["use: {retries: []}", "use: 3", "use: {secrets: {}}"])
def test_names_are_not_missed_where_their_list_is_broken(use: str) -> None:
    """Once the list is right, they may be there."""
    checked = check(
        f"{use}\ndo:\n- a: {{try: [{{b: {{wait: PT1S}}}}], catch: {{retry: r}}, then: nowhere}}\n"
    )

    assert codes(checked.problems) == ["value-wrong-type", "target-unknown"]


def test_parsed_definitions_are_told_of_in_order_too() -> None:
    """They have no lines, but an order."""
    value: dict[str, Any] = {
        "document": {"dsl": "1.0.3", "namespace": "a", "name": "b", "version": "1.0.0"},
        "do": [{"z": {"set": {"a": "${ $x }"}}}, {"a": {"then": "q", "wait": "PT1S"}}],
    }

    problems = check_definition(value).problems

    assert [(each.code, each.pointer, each.line) for each in problems] == [
        ("variable-unknown", "/do/0/z/set/a", 0),
        ("target-unknown", "/do/1/a/then", 0),
    ]
    assert problems[0].sentence().startswith("/do/0/z/set/a: ")


def test_names_and_texts_may_hold_anything() -> None:
    """Quotes, lines and braces in names are no problem, and are told of in one line."""
    checked = check(
        'do:\n- "a\\n\'\\"{b}": {set: {"x\\ny": 1}, then: "no\\nwhere"}\n- " ": {wait: PT1S}\n'
    )

    assert codes(checked.problems) == ["target-unknown"]
    assert "\n" not in checked.problems[0].sentence()


def test_a_large_definition_is_checked_in_reasonable_time() -> None:
    """Time grows with the definition's length, not with its square."""
    tasks = "\n".join(f"- t{n}: {{set: {{a: {n}}}, then: t{n + 1}}}" for n in range(1_500))

    checked = check(f"do:\n{tasks}\n- t1500: {{wait: PT1S}}\n")

    assert checked.problems == ()

"""Every code that a problem of a definition can have, what it weighs, and what it means.

A code is a promise: it may get another sentence, but never another meaning. The page
`docs/reference/problems.md` has an entry for each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means."""

    meaning: str
    severity: Severity = "error"


def _warning(meaning: str) -> Code:
    return Code(meaning, "warning")


READING: Mapping[str, Code] = {
    "syntax": Code("The text is no YAML or JSON."),
    "not-utf8": Code("The file is not encoded in UTF-8."),
    "character-not-allowed": Code("A control character, or half of a surrogate pair."),
    "too-large": Code("The text is longer than 1 MiB."),
    "too-deep": Code("Values lie more than 100 deep in each other, or tasks more than 32."),
    "too-many-values": Code("There are more than 100,000 values, aliases written out."),
    "several-documents": Code("The text holds a second YAML document."),
    "not-a-definition": Code("The text holds no object."),
    "key-twice": Code("An object has a key twice."),
    "key-not-text": Code("A key is no text."),
    "merge-key": Code("`<<` is not part of YAML 1.2."),
    "tag-not-allowed": Code("A YAML tag, such as `!!python/name`."),
    "alias-unknown": Code("An alias without an anchor before it, or within its own anchor."),
    "number-not-allowed": Code("A number that JSON or 64 bits cannot hold."),
    "number-not-exact": _warning("A whole number that expressions would round."),
    "value-not-json": Code("A value of a parsed definition is none of JSON's."),
}
"""What reading a definition can find."""

SHAPE: Mapping[str, Code] = {
    "key-unknown": Code("A key that its part does not have."),
    "key-missing": Code("A required key is not there."),
    "value-empty": Code("A key without a value."),
    "value-wrong-type": Code("A value of another type than its part takes."),
    "value-not-listed": Code("A value that is none of those its part knows."),
    "value-not-fitting": Code("A value that breaks a rule of its part."),
    "task-without-kind": Code("A task that does not say what it does."),
    "task-with-two-kinds": Code("A task with the keys of two kinds of tasks."),
    "not-one-of": Code("A part has none or several of keys that exclude each other."),
    "one-name-each": Code("An item of a list of tasks, cases or extensions that has not one name."),
}
"""What is not built as the language wants it."""

SUPPORT: Mapping[str, Code] = {
    "dsl-not-supported": Code("The definition is written in another version than 1.0."),
    "call-not-supported": Code("A call that Everloom does not do: asyncapi, a2a, an address."),
    "container-not-supported": Code("`run: container`."),
    "script-language-not-supported": Code("A script in another language than js and python."),
    "schedule-not-supported": Code("`schedule.on`."),
    "language-not-supported": Code("Expressions in another language than jq."),
    "mode-not-supported": Code("`evaluate.mode: loose`."),
}
"""What of the standard is refused."""

NAMES: Mapping[str, Code] = {
    "authentication-unknown": Code("A name that is not under `use.authentications`."),
    "authentication-of-authentication": Code("A policy under `use` that is another policy."),
    "authentication-incomplete": Code("A policy lacks what its way of asking for a token needs."),
    "error-unknown": Code("A name that is not under `use.errors`."),
    "retry-unknown": Code("A name that is not under `use.retries`."),
    "timeout-unknown": Code("A name that is not under `use.timeouts`."),
    "secret-unknown": Code("A name that is not under `use.secrets`."),
    "catalog-unknown": Code("A name that is not under `use.catalogs`."),
    "function-unknown": Code("A call of a function that does not exist."),
    "catalog-function-not-fitting": Code("What was fetched from a catalog is no task."),
    "functions-in-a-circle": Code("Functions call each other in a circle."),
    "argument-missing": Code("A function is not given what it needs."),
    "argument-unknown": Code("A function is given what it does not take."),
    "argument-wrong-type": Code("A function is given something of another type than it takes."),
    "workflow-unknown": Code("`run.workflow` names a workflow that does not exist."),
    "variable-not-a-name": Code("A variable's name is no name."),
    "variable-taken": Code("A variable's name means something already."),
    "name-reserved": Code("A query or update has a name that is Everloom's own."),
}
"""What refers to something that does not exist."""

FLOW: Mapping[str, Code] = {
    "target-unknown": Code("`then` leads to a task that is not in its own list."),
    "target-ambiguous": Code("`then` leads to a name that several tasks of the list have."),
    "target-in-branches": Code("A branch of a `fork` leads to another branch."),
    "task-name-twice": _warning("Two tasks of a list have the same name."),
    "task-named-as-directive": _warning("A task is called `continue`, `exit` or `end`."),
    "task-unreachable": _warning("Nothing leads to a task."),
    "context-side-by-side": _warning("Branches write the context side by side."),
    "default-twice": Code("A switch has two cases without `when`."),
    "too-many-tasks": Code("The definition has more than 2,000 tasks."),
}
"""Where tasks lead."""

EXPRESSIONS: Mapping[str, Code] = {
    "expression-syntax": Code("The expression is no jq."),
    "expression-forbidden": Code("The expression reads what no expression may read."),
    "expression-unbounded": Code("The expression may run for ever."),
    "expression-too-deep": Code("The expression nests too deep."),
    "expression-too-long": Code("The expression is too long."),
    "expression-unknown-function": Code("The expression calls a function that does not exist."),
    "expression-not-closed": Code("A text holds `${` without `}`."),
    "expression-in-text": _warning("An expression stands within a longer text."),
    "literal-like-expression": _warning("A text looks like an expression, and is none."),
    "shell-expression-misplaced": Code("An expression at a place of a command line that is code."),
    "variable-unknown": Code("An expression mentions a variable that is not there."),
    "variable-not-here": Code(
        "An expression mentions a variable of the standard too early or late."
    ),
    "secret-in-history": Code("`$secrets` where its value would be kept in the history."),
    "authorization-in-history": Code("`$authorization`, whose token would be kept in the history."),
    "value-not-fixed": Code("An expression where the value has to be known before a run."),
    "field-dropped": _warning("A task reads a field that the task before it has dropped."),
    "field-of-a-list": _warning("A field is read from the list of events that `listen` gives."),
    "event-data-twice": _warning("A filter on an event's data reads `.data` of it."),
}
"""What is wrong with expressions."""

VALUES: Mapping[str, Code] = {
    "duration-not-fitting": Code("A duration is no ISO 8601, or longer than a hundred years."),
    "duration-by-calendar": _warning("A duration counts years or months."),
    "address-not-fitting": Code("A text that is no address where one is needed."),
    "address-unreachable": _warning(
        "An address of a kind that cannot be reached, or without a host."
    ),
    "address-template-not-fitting": Code("A URI template is more than plain names in braces."),
    "schedule-not-fitting": Code("A cron expression of another shape, or too short an interval."),
    "retry-not-sane": Code("Numbers of a retry policy make no sense."),
    "schema-not-fitting": Code("A JSON Schema is none."),
    "schema-format-unknown": Code("A schema has another format than JSON Schema."),
    "option-without-effect": Code("An option under `metadata.everloom` has no effect there."),
}
"""What is wrong with values."""

AROUND: Mapping[str, Code] = {
    "file-unreadable": Code("The file of the definition cannot be read."),
    "definition-twice": Code("Two definitions that are loaded together have one name and version."),
    "queue-not-own": Code("A definition of a project names a queue that is not its project's."),
    "resource-unavailable": Code("A schema or function elsewhere cannot be fetched."),
    "resource-unreadable": Code("A schema or function elsewhere is neither JSON nor YAML."),
}
"""What the commands find around a definition."""

CODES: Mapping[str, Code] = {
    **READING, **SHAPE, **SUPPORT, **NAMES, **FLOW, **EXPRESSIONS, **VALUES, **AROUND,
}  # fmt: skip
"""All codes."""

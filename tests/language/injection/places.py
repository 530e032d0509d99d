"""Every place of a definition where a text of its author can stand.

A place makes one definition of many payloads, and says what must come out where each of them stood,
and which texts it refuses. A text that it does not refuse arrives.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.language.injection import parts, strict, tasks
from tests.language.injection.making import Json, Object, Texts, count, same

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
RESERVED = {"context", "input", "output", "secrets", "authorization", "task", "workflow", "runtime"}
LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def unreadable(text: str) -> bool:
    """Texts that no place takes: those with halves of characters."""
    return any(0xD800 <= ord(each) <= 0xDFFF for each in text)


def unclosed(text: str) -> bool:
    """Values may hold expressions, so one that does not end is a mistake."""
    return unreadable(text) or "${" in text


def half(text: str) -> bool | None:
    """In a text of jq, an escape makes a character of anything but half of one; two halves are one."""
    return text.endswith("\ud800") or (None if unreadable(text) else False)


def no_type(text: str) -> bool | None:
    """Events have a type; that it is missing may be seen as late as it is sent."""
    return None if not text else unclosed(text)


def maybe(_: str) -> None:
    """What is sent to others, they may refuse as well."""
    return


def empty(text: str) -> bool:
    """Who refers to something has to say to what."""
    return unreadable(text) or not text


def no_variable(text: str) -> bool:
    """Variables have names that jq takes, and that mean nothing yet."""
    return not VARIABLE.fullmatch(text) or text in RESERVED


def no_label(text: str) -> bool:
    """Documents have names that URLs, queues and file systems take."""
    return not LABEL.fullmatch(text)


def no_version(text: str) -> bool:
    """Documents have semantic versions."""
    return True


@dataclass(frozen=True)
class Place:
    """Somewhere a text can stand."""

    name: str
    build: Callable[[Texts], Object]
    """A definition with these texts, each at its own such place."""

    arrives: Callable[[Texts], Json] | None = None
    """The output of a run. None: nothing of it can be seen, or a run would reach outside."""

    refuses: Callable[[str], bool | None] = unreadable
    """Whether it refuses a text; None: as it likes."""

    one: bool = False
    """Whether a definition has room for one text only."""


PLACES = [
    Place("task-names", tasks.task_names, same),
    Place("nested-names", tasks.nested_names, same),
    Place("branch-names", tasks.branch_names, same),
    Place("jumps", tasks.jumps, same),
    Place("cases", tasks.cases, same),
    Place("set-values", tasks.set_values, same, unclosed),
    Place("set-keys", tasks.set_keys, same),
    Place("loop-items", tasks.loop_items, same, unclosed),
    Place("jq-texts", tasks.jq_texts, same, half),
    Place("jq-keys", tasks.jq_keys, count, half),
    Place("conditions", tasks.conditions, same, unclosed),
    Place("error-parts", parts.error_parts, same, unclosed),
    Place("error-names", parts.error_names, parts.numbers_of, empty),
    Place("function-names", parts.function_names, same, empty),
    Place("policy-names", parts.policy_names, count, empty),
    Place("document-parts", parts.document_parts, parts.parts_of),
    Place("title", parts.title, same, one=True),
    Place("summary", parts.summary, same, one=True),
    Place("task-metadata", parts.task_metadata, same),
    Place("event-parts", parts.event_parts, same, no_type),
    Place("schemas", parts.schemas, count, unclosed),
    Place("shapes", parts.shapes, same, unclosed),
    Place("child-input", parts.child_input, None, unclosed),
    Place("loop-variables", strict.loop_variables, count, no_variable),
    Place("error-variables", strict.error_variables, count, no_variable),
    Place("document-name", strict.document_name, None, no_label, one=True),
    Place("document-namespace", strict.document_namespace, None, no_label, one=True),
    Place("document-version", strict.document_version, None, no_version, one=True),
    Place("http-parts", strict.http_parts, None, maybe),
    Place("header-names", strict.header_names, None, maybe),
    Place("options", strict.options, None, maybe),
    Place("event-filters", strict.event_filters, None, unclosed),
    Place("scripts", strict.scripts, None, unclosed),
    Place("access-names", strict.access_names, None, maybe),
    Place("extension-names", strict.extension_names, count),
    Place("views", strict.views, None, maybe),
]  # fmt: skip
"""All of them. Those that run are run; the others are compiled and looked at."""

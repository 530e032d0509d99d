"""Errors, retries and what is caught, as code."""

from everloom.language.models.data import Duration
from everloom.language.models.faults import (
    AttemptLimit,
    Error,
    ErrorFilter,
    RetryLimit,
    RetryPolicy,
)
from everloom.language.models.tasks import Catch

from .literals import dictionary, literal, text_literal
from .printing import Call, Code, Text, flat, keyword
from .values import Values
from .workshop import Workshop


def error_items(error: Error, values: Values) -> list[tuple[str, Code]]:
    """The properties of an error that are there."""
    given = error.model_dump(by_alias=True, exclude_unset=True)
    return [(name, values.value(value)) for name, value in given.items()]


def is_constant(items: list[tuple[str, Code]]) -> bool:
    """Whether no property of an error has to be evaluated."""
    return all(isinstance(code, Text) and code.text != "here.data" for _, code in items)


def retry_code(policy: RetryPolicy, shop: Workshop) -> Code:
    """`Retry(…)`."""
    values = shop.values
    found = _conditions(policy, values)
    if policy.delay is not None:
        found.append(keyword("delay", values.limit(policy.delay)))
    if policy.backoff is not None:
        kind = next(iter(policy.backoff.model_fields_set))
        found.append(keyword("backoff", literal(kind)))
    if policy.limit is not None:
        found += _limits(policy.limit, values)
    if policy.jitter is not None:
        pair = f"({_one(values, policy.jitter.from_)}, {_one(values, policy.jitter.to)})"
        found.append(keyword("jitter", Text(pair)))
    return Call(shop.module.use("Retry"), found)


def _conditions(part: RetryPolicy | Catch, values: Values) -> list[Code]:
    pairs = (("when", part.when), ("except_when", part.except_when))
    return [
        keyword(name, Text(values.expression(each))) for name, each in pairs if each is not None
    ]


def _limits(limit: RetryLimit, values: Values) -> list[Code]:
    found: list[Code] = []
    attempt = limit.attempt or AttemptLimit()
    if attempt.count is not None:
        found.append(keyword("count", literal(attempt.count)))
    for name, length in (("attempt_limit", attempt.duration), ("limit", limit.duration)):
        if length is not None:
            found.append(keyword(name, values.limit(length)))
    return found


def catch_code(catch: Catch, shop: Workshop) -> Code:
    """`Catch(…)`."""
    found: list[Code] = []
    wanted = catch.errors.with_ if catch.errors else None
    if wanted is not None:
        found.append(keyword("filter", dictionary(_filter_items(wanted, shop.values))))
    found += _conditions(catch, shop.values)
    if catch.as_ != "error":
        found.append(keyword("as_", Text(text_literal(catch.as_))))
    if isinstance(catch.retry, str):
        found.append(keyword("retry", Text(shop.retries[catch.retry])))
    elif catch.retry is not None:
        found.append(keyword("retry", retry_code(catch.retry, shop)))
    if catch.do is not None or catch.then is not None:
        found.append(keyword("is_handled", Text("True")))
    return Call(shop.module.use("Catch"), found)


def _filter_items(wanted: ErrorFilter, values: Values) -> list[tuple[str, Code]]:
    given = wanted.model_dump(by_alias=True, exclude_unset=True)
    return [(name, values.value(value)) for name, value in given.items()]


def _one(values: Values, duration: Duration) -> str:
    return flat(values.limit(duration))

"""Order another log level, show the orders, take them back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from everloom.cli.exits import OK
from everloom.cli.failures import UsageInvalid
from everloom.cli.output import Output
from everloom.core import did_you_mean, format_duration
from everloom.observe import Level, LevelOrder, order_level, read_orders, withdraw_orders
from everloom.settings import Settings, load_settings

from .inputs import read_duration

LONGEST = timedelta(days=366)
LEVELS = ("debug", "info", "warning", "error")

_level: TypeAdapter[Level] = TypeAdapter(Level)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was typed."""

    level: str | None
    logger: str
    within: str
    reset: bool
    as_json: bool


def change_levels(wanted: Wanted) -> int:
    """Do what was typed, and show what holds now."""
    settings, out = load_settings(), Output(as_json=wanted.as_json)
    if wanted.reset and wanted.level is not None:
        raise UsageInvalid(
            "`--reset` goes back to the level of the settings, and a level was named too.",
            hint="Leave one of them out.",
        )
    if wanted.reset:
        withdraw_orders(settings)
    elif wanted.level is not None:
        within = read_duration(wanted.within, "--for")
        if within is None or within <= timedelta(0):
            raise UsageInvalid(
                f"`--for {wanted.within}` is no time at all.", hint="Write `--for 10m`."
            )
        if within > LONGEST:
            raise UsageInvalid(
                f"`--for {wanted.within}` is longer than a year.",
                hint="A level that shall stay is the setting `log.level`.",
            )
        order_level(settings, wanted.logger, _read_level(wanted.level), within)
    _show(settings, out, read_orders(settings))
    if wanted.reset or wanted.level is not None:
        out.say("What runs in this folder takes it over within a second.")
    return OK


def _read_level(typed: str) -> Level:
    try:
        return _level.validate_python(typed.lower())
    except ValidationError:
        hint = did_you_mean(typed, LEVELS)
        raise UsageInvalid(f"There is no log level {typed!r}.", hint=hint) from None


def _show(settings: Settings, out: Output, orders: tuple[LevelOrder, ...]) -> None:
    if out.as_json:
        shown = [order.model_dump(mode="json") for order in orders]
        out.document({"level": settings.log.level, "orders": shown})
        return
    out.line(f"{'settings':<24} {settings.log.level}")
    now = datetime.now(UTC)
    for order in orders:
        left = timedelta(seconds=max(1, round((order.until - now).total_seconds())))
        name = order.logger or "all loggers"
        out.line(f"{name:<24} {order.level}, for {format_duration(left)} more")

"""List stored payloads, show one, clean up."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from everloom.cli.output import Output
from everloom.control import ShownPayload, show_payload
from everloom.temporal import Cleaned, StoredPayload, clean_payloads
from everloom.temporal import list_payloads as stored_payloads

from .amounts import shortened, size_text
from .inputs import read_duration
from .session import session

_HASH_SHOWN = 12


def list_all(*, run: str | None, limit: int, as_json: bool) -> None:
    """List stored payloads."""
    out = Output(as_json=as_json)

    async def find() -> Sequence[StoredPayload]:
        async with session() as now:
            return await stored_payloads(now.temporal, run or "")

    found = asyncio.run(find())
    if as_json:
        out.document({"payloads": found[:limit], "found": len(found)})
        return
    if not found:
        out.say(f"No payloads of runs {run!r} are stored." if run else "No payloads are stored.")
        return
    out.table(("Payload", "Run", "Size", "Written"), [_row(each) for each in found[:limit]])
    total = size_text(sum(each.size for each in found))
    shown = f", the newest {limit} are shown" if len(found) > limit else ""
    count = "1 payload" if len(found) == 1 else f"{len(found)} payloads"
    out.say(f"{count} with {total}{shown}.")


def show(named: str, *, as_json: bool) -> None:
    """Show one."""
    out = Output(as_json=as_json)

    async def look() -> ShownPayload:
        async with session() as now:
            return await show_payload(now.temporal, named)

    shown = asyncio.run(look())
    if as_json:
        out.document(shown)
        return
    name = shown.payload.name
    out.facts(
        [
            ("Payload", name.digest),
            ("Run", name.workflow_id),
            ("Run id", name.run_id),
            ("Activity", name.activity_id),
            ("Size", size_text(shown.payload.size)),
            ("Written", _moment(shown.payload.written)),
            ("Stored as", shown.encoding),
            ("Key", shown.payload.key),
            ("Holds", shortened(shown.value)),
        ]
    )


def clean(*, older_than: str | None, dry_run: bool, take_over: bool, as_json: bool) -> None:
    """Clean up."""
    out = Output(as_json=as_json)
    wanted = read_duration(older_than, "--older-than")

    async def work() -> Cleaned:
        async with session() as now:
            return await clean_payloads(
                now.temporal, older_than=wanted, dry_run=dry_run, take_over=take_over
            )

    cleaned = asyncio.run(work())
    if as_json:
        out.document({**vars(cleaned), "freed": cleaned.freed})
        return
    if cleaned.deleted:
        out.table(("Payload", "Run", "Size", "Written"), [_row(each) for each in cleaned.deleted])
    out.say(_summary(cleaned))


def _summary(cleaned: Cleaned) -> str:
    if not cleaned.old:
        return f"Nothing to clean up: all of {cleaned.found} stored payloads are too young."
    did = "Would delete" if cleaned.dry_run else "Deleted"
    return (
        f"{did} {len(cleaned.deleted)} of {cleaned.found} stored payloads "
        f"({size_text(cleaned.freed)}): {cleaned.old} are old enough, and "
        f"{cleaned.old - len(cleaned.deleted)} of these are referred to. "
        f"Read {cleaned.runs} histories."
    )


def _row(each: StoredPayload) -> tuple[str, ...]:
    whose = each.name.workflow_id or each.name.activity_id
    return each.name.digest[:_HASH_SHOWN], whose, size_text(each.size), _moment(each.written)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"

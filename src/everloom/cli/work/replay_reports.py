"""What a replay found: for people, for programs, for CI."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from everloom.cli.output import Output
from everloom.worker.replaying import Break, Replayed, group_breaks

_RUNS_NAMED = 5
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def show_replayed(out: Output, found: Sequence[Replayed]) -> None:
    """Tell people: a line for each workflow, then each break with its place and its remedy."""
    if not found:
        out.say("There are no runs to replay: none is open, and none ended in that time.")
        return
    rows = [
        (
            name,
            str(sum(each.is_open for each in runs)),
            str(sum(not each.is_open for each in runs)),
            _outcome(runs),
        )
        for name, runs in _by_workflow(found)
    ]
    out.table(("Workflow", "Open", "Closed", "Outcome"), rows)
    for broken, runs in group_breaks(found):
        out.line("")
        out.finding("breaks", "red", *_lines(broken, runs))
    for _, runs in _by_workflow(found):
        if all(each.note for each in runs):
            out.say(f"{runs[0].note} Its runs have ended, so nothing breaks.")


def replay_document(found: Sequence[Replayed], recorded: Iterable[Path]) -> dict[str, Any]:
    """The same for programs."""
    broken = sum(each.broken is not None for each in found)
    return {
        "fits": broken == 0,
        "replayed": len(found),
        "broken": broken,
        "workflows": [
            {
                "workflow": name,
                "open": sum(each.is_open for each in runs),
                "closed": sum(not each.is_open for each in runs),
                "broken": sum(each.broken is not None for each in runs),
            }
            for name, runs in _by_workflow(found)
        ],
        "runs": [asdict(each) for each in found],
        "recorded": sorted({str(file) for file in recorded}),
    }


def junit_report(found: Sequence[Replayed]) -> bytes:
    """The same as JUnit XML, as CI systems read it: a suite a workflow, a case a run."""
    root = Element("testsuites", _counts("everloom replay", found))
    for name, runs in _by_workflow(found):
        suite = SubElement(root, "testsuite", _counts(name, runs))
        for each in runs:
            case = SubElement(suite, "testcase", _case(each))
            if each.broken is not None:
                broken = each.broken
                failure = SubElement(
                    case, "failure", {"type": broken.kind, "message": _text(broken.message)}
                )
                failure.text = _text("\n".join(_facts(each, broken)))
            elif each.note:
                SubElement(case, "skipped", {"message": _text(each.note)})
    indent(root)
    return tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _lines(broken: Break, runs: Sequence[Replayed]) -> tuple[str, str]:
    where = f"{_near(broken.place)}: " if broken.place else ""
    named = [f"  {_run_words(each)}" for each in runs[:_RUNS_NAMED]]
    if len(runs) > _RUNS_NAMED:
        named.append(f"  and {len(runs) - _RUNS_NAMED} more")
    below = [f"{_runs(len(runs))} of {runs[0].workflow}:", *named, broken.hint]
    return f"{where}{broken.message}", "\n".join(below)


def _run_words(each: Replayed) -> str:
    broken = each.broken
    at = ""
    if broken is not None and broken.event_id is not None:
        at = f" at event {broken.event_id} ({broken.event})"
        if broken.reset_to is not None and each.is_open:
            at += f", reset to {broken.reset_to}"
    state = "open" if each.is_open else "closed"
    return f"{each.workflow_id} (run {each.short_run_id}, {state}){at}"


def _facts(each: Replayed, broken: Break) -> list[str]:
    facts = [
        f"run: {each.workflow_id} {each.run_id}",
        f"state: {'open' if each.is_open else 'closed'}",
    ]
    if broken.place:
        facts.append(f"place: {broken.place}")
    if broken.event_id is not None:
        facts.append(f"event: {broken.event_id} {broken.event}")
    if broken.reset_to is not None and each.is_open:
        facts.append(f"reset to: {broken.reset_to}")
    facts.append(f"what to do: {broken.hint}")
    return [*facts, f"the SDK says: {broken.detail}"] if broken.detail else facts


def _case(each: Replayed) -> dict[str, str]:
    case = {
        "classname": _text(each.workflow),
        "name": _text(f"{each.workflow_id} ({each.run_id})"),
        "time": f"{each.seconds:.3f}",
    }
    if each.broken is not None and each.broken.place:
        file, _, line = _near(each.broken.place).rpartition(":")
        case.update(file=_text(file), line=line)
    return case


def _counts(name: str, found: Sequence[Replayed]) -> dict[str, str]:
    return {
        "name": _text(name),
        "tests": str(len(found)),
        "failures": str(sum(each.broken is not None for each in found)),
        "errors": "0",
        "skipped": str(sum(bool(each.note) for each in found)),
        "time": f"{sum(each.seconds for each in found):.3f}",
    }


def _by_workflow(found: Iterable[Replayed]) -> list[tuple[str, list[Replayed]]]:
    groups: dict[str, list[Replayed]] = {}
    for each in found:
        groups.setdefault(each.workflow, []).append(each)
    return sorted(groups.items())


def _outcome(runs: Sequence[Replayed]) -> str:
    broken = sum(each.broken is not None for each in runs)
    if broken:
        return f"{broken} {'breaks' if broken == 1 else 'break'}"
    return "no longer in the code" if all(each.note for each in runs) else "all fit"


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _near(place: str) -> str:
    """A place as seen from the current folder."""
    file, _, line = place.rpartition(":")
    try:
        return f"{Path(file).relative_to(Path.cwd())}:{line}"
    except ValueError:
        return place


def _text(text: str) -> str:
    """What XML can hold of a text: ids and messages may have any character."""
    return _NOT_XML.sub("\ufffd", text)

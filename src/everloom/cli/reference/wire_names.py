"""`wire-names.md`: every name that stands in histories, and what goes with it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from everloom.catalog import WireName, discover, wire_names
from everloom.settings import load_settings

_HEAD = """# Wire names

Made from the code by `python -m everloom.cli.reference`. These names stand in histories, in
schedules and in what other systems send, so they are a promise: classes and functions may be renamed,
these may not while runs know them. `everloom catalog` shows the same for your own project, and
`everloom replay` tells what a change would break. What fails carries its
[error code](errors.md) as Temporal's failure type.
"""


def wire_names_page(root: Path) -> str:
    """The page, for the applications that the repository's settings name."""
    names = wire_names(discover(load_settings(root)))
    parts = [
        _HEAD,
        *_section(
            "Workflows",
            ("name", "queue", "input", "result", "meaning"),
            [
                (_code(each.name), _code(each.queue), _code(each.takes), _code(each.gives), each.summary)
                for each in _of(names, "workflow")
            ],
        ),
        *_section(
            "Messages",
            ("workflow", "kind", "name", "takes", "answers", "meaning"),
            [
                (
                    _code(each.of), each.kind, _code(each.name),
                    _code(each.takes), _code(each.gives), each.summary,
                )
                for each in _of(names, "signal", "query", "update")
            ],
        ),
        *_section(
            "Activities",
            ("name", "queue", "input", "result", "meaning"),
            [
                (
                    _code(each.name), _code(each.queue) or "its caller's",
                    _code(each.takes), _code(each.gives), each.summary,
                )
                for each in _of(names, "activity")
            ],
        ),
        *_section(
            "Schedules",
            ("id", "starts", "meaning"),
            [(_code(each.name), _code(each.of), each.summary) for each in _of(names, "schedule")],
        ),
    ]  # fmt: skip
    return "\n".join(parts)


def _of(names: Iterable[WireName], *kinds: str) -> list[WireName]:
    return [each for each in names if each.kind in kinds]


def _section(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    lines = [columns, ["---"] * len(columns), *rows]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return [f"## {title}\n\n{table}\n"]


def _code(text: str) -> str:
    """Inline code; a pipe would end the cell."""
    return "`" + text.replace("|", "\\|") + "`" if text else ""

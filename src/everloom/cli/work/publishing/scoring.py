"""The score card of a definition."""

from everloom.cli.output import Output
from everloom.cli.work.moments import milliseconds
from everloom.cli.work.platform import on_platform
from everloom.control.publishing import score_card


def score(name: str, project: str, *, as_json: bool) -> None:
    """Show how each version did."""
    out = Output(as_json=as_json)
    found = on_platform(lambda p, _: score_card(p, project, name), temporal=False)
    if as_json:
        out.document({"versions": found})
        return
    if not found:
        out.say(f"Nothing of {name} is published yet.")
        return
    out.table(
        ("Version", "Started", "Ended", "Success", "p50", "p95", "Cost"),
        [
            (
                f"{each.version}{' (active)' if each.is_active else ''}",
                str(each.started),
                str(each.ended),
                f"{each.success:.1%}" if each.success is not None else "",
                milliseconds(each.p50_ms),
                milliseconds(each.p95_ms),
                f"{each.cost:g}" if each.cost else "",
            )
            for each in found
        ],
        sparse=True,
    )

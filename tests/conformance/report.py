"""docs/reference/conformance.md: what of the standard runs, how it is shown, and what was decided.

    python -m tests.conformance.report

writes the page from the cases and the lists beside them; a test fails when it is stale.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .cases import Case, all_cases, read_yaml

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "conformance.md"

INTRODUCTION = """\
# Conformance

Definitions are written in the [Open Workflow Specification](https://open-workflow-specification.org) DSL 1.0.
This page is made from the cases in `tests/conformance/cases`; `python -m tests.conformance.report` writes it.

Each case is a file: a definition, what it is given, and what must come of it. It is run on a real Temporal,
with real servers for HTTP, OpenAPI, gRPC, MCP, OAuth 2 and OpenID Connect; its history is replayed; it is run
again while its worker is killed and started; and it is run from the package that `everloom definitions eject`
writes, which also replays the history that the definition made.
"""


def conformance_page() -> str:
    """The page, as it should be."""
    said = read_yaml(HERE / "features.yaml")
    parts = [
        INTRODUCTION,
        "\n".join(_features(said["features"])),
        "\n".join(_kit()),
        "\n".join(_rulings()),
        "\n".join(_unsupported(said["unsupported"])),
    ]
    return "\n".join(parts)


def _features(features: list[dict[str, Any]]) -> Iterator[str]:
    cases = all_cases()
    counts = Counter(case.feature for case in cases)
    rulings = read_yaml(HERE / "rulings.yaml")
    yield "## Features\n"
    yield "| feature | status | cases | divergences and rulings |"
    yield "|---|---|---:|---|"
    for feature in features:
        name = feature["name"]
        held = sorted({case.ruling for case in cases if case.feature == name and case.ruling})
        links = ", ".join(f"[{_plain(rulings[ruling]['topic'])}](#{ruling})" for ruling in held)
        status = feature.get("status", "supported")
        yield f"| {feature['title']} | {status} | {counts[name]} | {links} |"
    yield f"| all | | {len(cases)} | |\n"


def _plain(text: str) -> str:
    return text[0].lower() + text[1:] if text[:2].istitle() else text


def _kit() -> Iterator[str]:
    by_scenario = {case.ctk: case for case in all_cases() if case.ctk}
    scenarios: list[str] = read_yaml(HERE / "kit.yaml")["scenarios"]
    yield "## The standard's conformance kit\n"
    yield f"All {len(scenarios)} scenarios of the kit hold, in cases with the same meaning.\n"
    yield "| scenario | case |"
    yield "|---|---|"
    for scenario in scenarios:
        yield f"| {scenario} | {_link(by_scenario[scenario])} |"
    yield ""


def _link(case: Case) -> str:
    return f"[{case.name}](../../tests/conformance/cases/{case.name}.yaml)"


def _rulings() -> Iterator[str]:
    yield "## Rulings\n"
    yield "Where the standard's texts disagree, leave something open, or are not followed.\n"
    yield "| topic | what Everloom does | cases |"
    yield "|---|---|---|"
    for name, ruling in read_yaml(HERE / "rulings.yaml").items():
        held = [case for case in all_cases() if case.ruling == name]
        says = " ".join(filter(None, (ruling["says"], ruling.get("differs"))))
        links = ", ".join(_link(case) for case in held[:4]) + (" …" if len(held) > 4 else "")
        yield f'| <a id="{name}"></a>{ruling["topic"]} | {says} | {links} |'
    yield ""


def _unsupported(rows: list[dict[str, str]]) -> Iterator[str]:
    by_name = {case.name: case for case in all_cases()}
    yield "## Not supported\n"
    yield "Refused when a definition is checked, with its place and the reason; never ignored.\n"
    yield "| what | why | case |"
    yield "|---|---|---|"
    for row in rows:
        yield f"| {row['what']} | {row['why']} | {_link(by_name[row['case']])} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(conformance_page(), encoding="utf-8")

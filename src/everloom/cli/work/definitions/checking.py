"""Check a definition and say what is wrong with it."""

import asyncio

from everloom.cli.exits import OK, USAGE
from everloom.cli.output import Output
from everloom.control.definitions import (
    CatalogFunctions,
    DefinitionRefused,
    Found,
    check_sources,
    read_source,
)
from everloom.settings import load_settings

from .reports import problem_document, problem_lines, summary


def check(file: str, others: tuple[str, ...], *, as_json: bool) -> int:
    """Print every problem; 2 when one of them is an error."""
    out = Output(as_json=as_json)
    try:
        sources = [read_source(each) for each in (file, *others)]
    except DefinitionRefused as error:
        found, main = error.found, error.main
    else:
        main = sources[0].name
        settings = load_settings()
        checked = asyncio.run(check_sources(settings, sources, CatalogFunctions(settings)))
        found = tuple(each for one in checked for each in one.found)
    _report(out, found, main)
    return USAGE if any(each.problem.severity == "error" for each in found) else OK


def _report(out: Output, found: tuple[Found, ...], main: str) -> None:
    if out.as_json:
        out.document(problem_document(found, main))
        return
    for line in (*problem_lines(found), summary(found)):
        out.line(line)

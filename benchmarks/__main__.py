"""`python -m benchmarks`: run them, show a table, keep the results."""

import argparse
import asyncio
import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

import benchmarks

from .harness import Benchmark, Figure, Options, Result

RESULTS = Path(__file__).parent / "results"
CONSOLE = Console()


def main(arguments: list[str]) -> int:
    """Run what was asked for. 0: every reach met; 1: some not; 2: there is no such benchmark."""
    known = {each.id: each for each in sorted(_find_all(), key=_number)}
    asked = _parser().parse_args(arguments)
    if asked.list:
        for each in known.values():
            CONSOLE.print(f"[bold]{each.id}[/bold]  {each.question}\n     against {each.against}")
        return 0
    ids = [name.strip().upper() for name in asked.only.split(",")] if asked.only else list(known)
    unknown = [name for name in ids if name not in known]
    if unknown:
        CONSOLE.print(f"There is no benchmark {', '.join(unknown)}. Known: {', '.join(known)}.")
        return 2
    options = Options(rounds=asked.rounds, big=asked.big)
    results = [_run(known[name], options) for name in ids]
    return 0 if all(result.met for result in results) else 1


def _run(benchmark: Benchmark, options: Options) -> Result:
    CONSOLE.rule(f"{benchmark.id}  {benchmark.question}")
    result = asyncio.run(benchmark.run(options))
    CONSOLE.print(_table(benchmark, result))
    for note in result.notes:
        CONSOLE.print(f"  {note}", style="dim")
    RESULTS.mkdir(exist_ok=True)
    content = json.dumps(benchmark.document(result), indent=2, ensure_ascii=False)
    (RESULTS / f"{benchmark.id}.json").write_text(content + "\n", encoding="utf-8")
    return result


def _table(benchmark: Benchmark, result: Result) -> Table:
    table = Table("", "measured", "against", "ratio", "reach", "met", caption=benchmark.against)
    for each in result.figures:
        table.add_row(
            each.name,
            f"{each.measured:,.4g} {each.unit}",
            "" if each.against is None else f"{each.against:,.4g} {each.unit}",
            "" if each.ratio is None else f"{each.ratio:.3g}",
            each.reach.sentence() if each.reach else "",
            _met(each),
        )
    return table


def _met(figure: Figure) -> str:
    return {True: "[green]yes[/green]", False: "[red]no[/red]", None: ""}[figure.met]


def _find_all() -> Iterator[Benchmark]:
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if re.fullmatch(r"b\d\d_\w+", module.name):
            found: Benchmark = importlib.import_module(f"benchmarks.{module.name}").BENCHMARK
            yield found


def _number(benchmark: Benchmark) -> int:
    return int(benchmark.id.removeprefix("B"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="B1,B12", help="run these (default: all)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side (default: 5)")
    parser.add_argument("--big", action="store_true", help="run the expensive variants too")
    parser.add_argument("--list", action="store_true", help="show what there is, run nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

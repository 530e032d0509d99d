"""Compile a definition: its Python on the screen, or as a package in a folder."""

import asyncio
from pathlib import Path
from typing import Any

from everloom.cli.exits import OK, USAGE
from everloom.cli.output import Output
from everloom.cli.work.inputs import read_input
from everloom.control.definitions import (
    CatalogFunctions,
    DefinitionRefused,
    Prepared,
    prepare,
    read_source,
)
from everloom.core import Conflict, Invalid
from everloom.language import package_files
from everloom.settings import load_settings

from .reports import refusal, say_found

NAMED = 3
"""Files of a folder that holds something which are named."""


class FolderNotEmpty(Conflict):
    """A package is to be made in a folder that holds something."""

    code = "folder-not-empty"


class FolderUnwritable(Invalid):
    """A package cannot be written where it shall be."""

    code = "folder-unwritable"


def compile_(file: str, others: tuple[str, ...], output: str | None, *, as_json: bool) -> int:
    """Print the workflow's module, or write the package."""
    out = Output(as_json=as_json)
    prepared = _prepared(file, others, out)
    if prepared is None:
        return USAGE
    if output is not None:
        _show_written(out, _write_package(prepared, Path(output), {}), Path(output))
        return OK
    main = prepared.main
    if out.as_json:
        out.document(
            {
                "type": main.type_name,
                "class": main.class_name,
                "module": main.module_name,
                "sha256": main.sha256,
                "activities": main.activities,
                "children": main.children,
                "secrets": main.secrets,
                "source_map": dict(main.source_map),
                "source": main.source,
            }
        )
    else:
        out.line(main.source.removesuffix("\n"))
    return OK


def eject(
    file: str,
    others: tuple[str, ...],
    folder: str,
    *,
    histories: tuple[str, ...],
    force: bool,
    as_json: bool,
) -> int:
    """Write the package, and say what to do with it."""
    out, path = Output(as_json=as_json), Path(folder)
    there = sorted(each.name for each in path.iterdir()) if path.is_dir() else []
    if there and not force:
        named = ", ".join(f"`{each}`" for each in there[:NAMED])
        more = f" and {len(there) - NAMED} more" if len(there) > NAMED else ""
        raise FolderNotEmpty(
            f"The folder {folder!r} holds something already: {named}{more}.",
            hint="Name an empty one, or write over it with `--force`.",
        )
    recorded = {Path(each).stem: read_input(f"@{each}") for each in histories}
    prepared = _prepared(file, others, out)
    if prepared is None:
        return USAGE
    written = _write_package(prepared, path, recorded)
    _show_written(out, written, path)
    for line in _next_steps(path):
        out.say(line)
    return OK


def _prepared(file: str, others: tuple[str, ...], out: Output) -> Prepared | None:
    """What can be compiled; otherwise it is told why not."""
    settings = load_settings()
    try:
        main, *rest = [read_source(each) for each in (file, *others)]
        functions = CatalogFunctions(settings)
        found = asyncio.run(prepare(settings, main, rest, functions, closed=False))
    except DefinitionRefused as error:
        say_found(out, error.found)
        if out.as_json:
            out.document(refusal(error.found, file))
        return None
    say_found(out, found.warnings)
    return found


def _write_package(prepared: Prepared, folder: Path, histories: dict[str, Any]) -> list[str]:
    functions = CatalogFunctions(load_settings())
    files = package_files(
        prepared.definition, prepared.main, functions=functions, histories=histories
    )
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FolderUnwritable(
            f"{str(error.filename or folder)!r} cannot be written: {error.strerror}.",
            hint="Name a folder that you may write to.",
        ) from error
    return sorted(files)


def _show_written(out: Output, names: list[str], folder: Path) -> None:
    if out.as_json:
        out.document({"folder": str(folder), "files": names})
        return
    for name in names:
        out.line(str(folder / name))


def _next_steps(folder: Path) -> tuple[str, ...]:
    return (
        "It is yours now. What to do with it stands in its README.md; to begin with:",
        f"  cd {folder}",
        "  python -m pip install -e '.[test]'",
        "  python -m pytest",
    )

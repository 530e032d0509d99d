"""Ask what has to be known, check it, and write the project's files.

The files are those of `template/`, with the names put in. `package/` becomes the package. There they
end in `.txt` and have no leading dot, so that no tool takes them for its own.
"""

import keyword
import re
import shlex
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import typer

from everloom.cli.exits import OK
from everloom.cli.output import Output
from everloom.core import Conflict, Invalid

TEMPLATE = Path(__file__).with_name("template")
HIDDEN = {"gitignore", "dockerignore"}

_PROJECT = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_. ][A-Za-z0-9]+)*")
_PACKAGE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_OURS = {"everloom", "tests", "test"}


class NameInvalid(Invalid):
    """A project or its package cannot have that name."""

    code = "name-invalid"


class FolderTaken(Conflict):
    """A project would be written over what is there."""

    code = "folder-taken"


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was typed."""

    name: str | None
    into: str | None
    package: str | None
    yes: bool
    as_json: bool


def new(call: Call) -> int:
    """Make a project and say what comes next."""
    out = Output(as_json=call.as_json)
    asks = sys.stdin.isatty() and not (call.yes or call.as_json)
    if call.name is None and asks:
        checked = _ask("Name of the project", check_project)
    else:
        checked = check_project(call.name or "")
    suggested = package_name(checked)
    if call.package is None and asks:
        package = _ask("Name of its Python package", check_package, suggested)
    else:
        package = check_package(call.package or suggested)
    folder = Path(call.into or slug(checked))
    files = make_project(folder, project=slug(checked), package=package)
    if call.as_json:
        out.document({"folder": str(folder), "package": package, "files": files})
        return OK
    for file in files:
        out.line(str(folder / file))
    _say_next(out, folder, package)
    return OK


def make_project(folder: Path, *, project: str, package: str) -> list[str]:
    """Write the files of a project, and return their names within the folder.

    Raises:
        FolderTaken: One of them is there already; nothing was written.
        NameInvalid: The folder cannot be made.
    """
    words = {"__PROJECT__": project, "__PACKAGE__": package, "__WIRE__": package.replace("_", "-")}
    planned = {_target(path, package): _filled(path, words) for path in _template_files()}
    try:
        there = [name for name in planned if (folder / name).exists()]
        if there or folder.is_file():
            found = ", ".join(repr(name) for name in there[:3]) or "content"
            raise FolderTaken(
                f"{str(folder)!r} has {found} already.",
                hint="Nothing was written. Choose another name, or another folder with `--into`.",
            )
        for name, text in planned.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NameInvalid(
            f"The folder {str(folder)!r} cannot be written: {error.strerror}.",
            hint="Choose another one with `--into`.",
        ) from error
    return list(planned)


def check_project(name: str) -> str:
    """A project's name.

    Raises:
        NameInvalid: It is none, or that of a distribution which installing it would replace.
    """
    if not name:
        raise NameInvalid("A project needs a name.", hint="Write `everloom new my-project`.")
    plain = slug(name) or "my-project"
    if not _PROJECT.fullmatch(name):
        raise NameInvalid(f"{name!r} is no name for a project.", hint=f"How about `{plain}`?")
    if plain in _distributions():
        raise NameInvalid(
            f"A project {name!r} would replace the package of that name which is installed.",
            hint=f"How about `{plain}-flows`?",
        )
    return name


def check_package(name: str) -> str:
    """A package's name: it can be imported, and hides nothing that somebody else imports.

    Raises:
        NameInvalid: It cannot be a package.
    """
    suggested = package_name(name)
    if not _PACKAGE.fullmatch(name) or keyword.iskeyword(name):
        raise NameInvalid(
            f"{name!r} is no name for a Python package.",
            hint=f"How about `--package {suggested}`?",
        )
    if _is_taken(name):
        raise NameInvalid(
            f"A package {name!r} would hide the one that is there already.",
            hint=f"How about `--package {suggested}`?",
        )
    return name


def slug(name: str) -> str:
    """A name as folders have it: `my-project`."""
    without_accents = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "-", without_accents.lower()).strip("-")
    return plain.lstrip("0123456789-")


def package_name(name: str) -> str:
    """A name as packages have it: `my_project`."""
    plain = slug(name).replace("-", "_") or "my_project"
    return f"{plain}_flows" if keyword.iskeyword(plain) or _is_taken(plain) else plain


def _is_taken(package: str) -> bool:
    return package in _OURS | sys.stdlib_module_names | packages_distributions().keys()


@cache
def _distributions() -> frozenset[str]:
    """Names of what is installed; what somebody works at, installed in place, is not among them."""
    named = {each for names in packages_distributions().values() for each in names}
    return frozenset({"everloom", *(slug(each) for each in named)})


def _ask(question: str, check: Callable[[str], str], default: str | None = None) -> str:
    """Ask until the answer will do."""

    def checked(answer: str) -> str:
        try:
            return check(answer)
        except NameInvalid as error:
            raise typer.BadParameter(f"{error.message} {error.hint}") from None

    return typer.prompt(question, default=default, value_proc=checked)


def _template_files() -> Iterator[Path]:
    yield from sorted(TEMPLATE.rglob("*.txt"))


def _target(path: Path, package: str) -> str:
    parts = list(path.relative_to(TEMPLATE).with_suffix("").parts)
    if parts[0] == "package":
        parts[0] = package
    if parts[-1] in HIDDEN:
        parts[-1] = f".{parts[-1]}"
    return "/".join(parts)


def _filled(path: Path, words: dict[str, str]) -> str:
    text = path.read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _say_next(out: Output, folder: Path, package: str) -> None:
    wire = package.replace("_", "-")
    out.say("")
    out.say("Next:")
    out.say(f"  cd {shlex.quote(str(folder))}")
    out.say("  pip install -e '.[dev]'")
    out.say(f"""  everloom dev --run {wire}.greet --input '{{"name": "Ada"}}'""")
    out.say("  python -m pytest")

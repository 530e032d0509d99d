"""`errors.md`: every error code that the code can give, read from its source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HEAD = """# Errors

Made from the code by `python -m everloom.cli.reference`. A code is a promise: the command line prints
it, the API answers with it, Temporal carries it as the failure type. Classes may be renamed; codes may
not.

| category | what it says | exit code | HTTP status | tried again by Temporal |
|---|---|---|---|---|
| NotFound | the thing named does not exist | 2 | 404 | no |
| Conflict | it exists, but in another state than the caller believed | 1 | 409 | no |
| Invalid | the input can never work | 2 | 422 | no |
| Unavailable | trying again later may work | 3 | 503 | yes |
"""

_CATEGORIES = ("NotFound", "Conflict", "Invalid", "Unavailable", "EverloomError")


@dataclass(frozen=True)
class ErrorClass:
    """A class of errors, as its source has it."""

    name: str
    bases: tuple[str, ...]
    code: str
    meaning: str


@dataclass(frozen=True)
class ProblemCode:
    """A code of a part of an error, and how its message reads."""

    code: str
    message: str


def errors_page(root: Path) -> str:
    """The page, for the platform and every application in the repository."""
    platform = root / "src" / "everloom"
    apps = [app for app in sorted((root / "apps").iterdir()) if (app / "__init__.py").exists()]
    parts = [
        _HEAD,
        _section("Everloom", platform, platform),
        *(_section(f"Application `{app.name}`", app, platform) for app in apps),
    ]
    return "\n".join(part for part in parts if part)


def error_classes(folder: Path) -> list[ErrorClass]:
    """Every class below a folder that has a code of its own."""
    return [found for tree in _trees(folder) for found in _classes_in(tree)]


def problem_codes(folder: Path) -> list[ProblemCode]:
    """Every `Problem("code", ...)` below a folder."""
    return [found for tree in _trees(folder) for found in _problems_in(tree)]


def _section(title: str, folder: Path, platform: Path) -> str:
    known = {each.name: each for each in (*error_classes(platform), *error_classes(folder))}
    errors = {each.code: each for each in error_classes(folder)}
    parts = {each.code: each for each in problem_codes(folder) if each.code not in errors}
    if not errors and not parts:
        return ""
    lines = [f"## {title}", "", "| code | category | meaning |", "|---|---|---|"]
    for code, found in sorted(errors.items()):
        lines.append(f"| `{code}` | {_category(found, known)} | {found.meaning} |")
    if parts:
        lines += ["", "Parts of these errors, where several things are wrong at once:", ""]
        lines += ["| code | reads |", "|---|---|"]
        for code, part in sorted(parts.items()):
            lines.append(f"| `{code}` | {part.message} |")
    return "\n".join([*lines, ""])


def _category(found: ErrorClass, known: dict[str, ErrorClass]) -> str:
    if found.name in _CATEGORIES:
        return found.name
    for base in found.bases:
        if base in _CATEGORIES:
            return base
        if base in known and known[base] != found:
            return _category(known[base], known)
    return "EverloomError"


def _trees(folder: Path) -> Iterator[ast.Module]:
    for path in sorted(folder.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def _classes_in(tree: ast.Module) -> Iterator[ErrorClass]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        code = next((code for each in node.body if (code := _code_of(each))), None)
        bases = tuple(base.id for base in node.bases if isinstance(base, ast.Name))
        if code is not None and bases:
            meaning = (ast.get_docstring(node) or "").split("\n\n", 1)[0]
            yield ErrorClass(node.name, bases, code, " ".join(meaning.split()))


def _code_of(node: ast.stmt) -> str | None:
    """The text in `code = "..."` or `code: ClassVar[str] = "..."`."""
    match node:
        case ast.Assign(targets=[ast.Name(id="code")], value=ast.Constant(value=str(code))):
            return code
        case ast.AnnAssign(target=ast.Name(id="code"), value=ast.Constant(value=str(code))):
            return code
        case _:
            return None


def _problems_in(tree: ast.Module) -> Iterator[ProblemCode]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id="Problem"),
                args=[ast.Constant(value=str(code)), *rest],
            ):
                yield ProblemCode(code, _text_of(rest[0]) if rest else "")
            case _:
                pass


def _text_of(node: ast.expr) -> str:
    """A text as it is written, its variable parts in braces."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text_of(part) for part in parts)
        case ast.FormattedValue(value=value):
            return "{" + ast.unparse(value).split("(")[0].split("[")[0].rsplit(".", 1)[-1] + "}"
        case ast.Name(id="message"):
            return ""
        case _:
            return ""

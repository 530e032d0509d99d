"""Proof that nothing of a definition became code: by what the tree of its compiled text may hold.

Statements and expressions are those of a fixed list; names are known; attributes are public; modules
are three; and a text that holds the mark is exactly a text of the definition, or a docstring.
"""

import ast
import builtins
from collections.abc import Iterator

from tests.language.injection.making import Json, Object
from tests.language.injection.payloads import MARK
from tests.language.properties.expressions import split
from tests.language.properties.outcome import escaped
from tests.language.properties.problems import is_list, is_object

from everloom import flow

NODES = {
    "Module", "ImportFrom", "alias", "ClassDef", "FunctionDef", "AsyncFunctionDef", "arguments", "arg",
    "Expr", "Assign", "AnnAssign", "AugAssign", "Return", "Await", "Raise", "Try", "ExceptHandler",
    "For", "AsyncFor", "While", "If", "Break", "Continue", "Pass", "Match", "match_case", "MatchValue",
    "MatchAs", "Call", "keyword", "Attribute", "Subscript", "Name", "Constant", "Dict", "List", "Tuple",
    "Set", "Lambda", "IfExp", "Starred", "Compare", "BoolOp", "UnaryOp", "And", "Or", "Not", "Eq",
    "NotEq", "In", "NotIn", "Is", "IsNot", "USub", "Load", "Store", "BinOp", "Add", "BitOr",
}  # fmt: skip
MODULES = {
    "everloom.flow": set(flow.__all__),
    "temporalio": {"workflow"},
    "datetime": {"timedelta"},
}
BUILTINS = {"str", "tuple", "dict", "list", "bool", "int", "float", "object", "enumerate"}
"""Of Python itself; `str` and the like stand in annotations."""

INHERITED = {name for name in dir(flow.Flow) if not name.startswith("_")}


def escapes(source: str, definition: Object) -> list[str]:
    """Everything in a compiled text that is not of the compiler's own making; none when all is well."""
    tree = ast.parse(source)
    known = set(names_made_in(tree)) | BUILTINS
    methods = INHERITED | {
        each.name
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    given = set(texts_of(definition))
    found: list[str] = []
    for node in ast.walk(tree):
        if type(node).__name__ not in NODES:
            found.append(f"a {type(node).__name__}: {ast.unparse(node)[:200]}")
        found += wrong_name(node, known, methods)
    return found + [
        f"the text {text!r}" for text in texts_in(tree) if MARK in text and text not in given
    ]


def names_made_in(tree: ast.Module) -> Iterator[str]:
    """Names that the module imports, defines, assigns or takes as arguments."""
    for node in ast.walk(tree):
        match node:
            case ast.alias(name=name, asname=None):
                yield name
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.ExceptHandler(name=str(name)):
                yield name
            case _:
                pass


def wrong_name(node: ast.AST, known: set[str], methods: set[str]) -> list[str]:
    """What is wrong with the names of a node."""
    match node:
        case ast.ImportFrom(module=module, names=names, level=0):
            allowed = MODULES.get(module or "", set())
            return [
                f"from {module} import {each.name}" for each in names if each.name not in allowed
            ]
        case ast.Name(id=name, ctx=ast.Load()) if name not in known:
            return [f"the name {name}"]
        case ast.Attribute(value=ast.Name(id="self"), attr=name) if name not in methods:
            return [f"the method {name}"]
        case ast.Attribute(attr=name) if name.startswith("_") and name not in methods:
            return [f"the attribute {name}"]
        case ast.Name(id=name, ctx=ast.Store()) if hasattr(builtins, name):
            return [f"an assignment to {name}"]
        case _:
            return []


def texts_in(tree: ast.Module) -> Iterator[str]:
    """Texts of a module that are values; docstrings are none."""
    talk = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in talk:
            yield node.value


def texts_of(value: Json, at: str = "") -> Iterator[str]:
    """Texts of a definition: keys, values, the expressions in them, and pointers to its parts."""
    yield at
    if is_object(value):
        for key, each in value.items():
            yield key
            yield from texts_of(each, f"{at}/{escaped(key)}")
    elif is_list(value):
        for number, each in enumerate(value):
            yield from texts_of(each, f"{at}/{number}")
    elif isinstance(value, str):
        yield from (value, *value.split("\n"))  # long ones are written line by line
        for _, part in split(value):
            yield from (part, part.strip())

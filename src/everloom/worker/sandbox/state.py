"""Does a module keep anything that one run could change and another would then see?

Runs can share a workflow file only when it does not. What is not known for certain counts as state:
the file is then imported afresh for each run, which is slower and never wrong.
"""

import ast
import dataclasses
import logging
import re
import typing
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property
from pathlib import PurePath
from types import (
    BuiltinFunctionType,
    FunctionType,
    GenericAlias,
    GetSetDescriptorType,
    MemberDescriptorType,
    ModuleType,
    NoneType,
    UnionType,
)
from typing import Any, NewType, ParamSpec, TypeVar
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from everloom.authoring import Log, Schedule

_UNCHANGEABLE = (
    *(bool, int, float, complex, str, bytes, range, NoneType, type(Ellipsis)),
    *(date, time, timedelta, tzinfo, Decimal, Fraction, UUID, PurePath, re.Pattern),
    *(ModuleType, BuiltinFunctionType, GenericAlias, UnionType, TypeVar, ParamSpec, NewType),
    *(GetSetDescriptorType, MemberDescriptorType, FieldInfo, TypeAdapter),
    *(logging.Logger, logging.LoggerAdapter, Log, Schedule),
)
"""Values that stay what they are, or that workflow code only writes to and never reads from."""

_REACHING_IN = {"setattr", "delattr", "globals", "vars", "locals", "exec", "eval"}
"""Functions by which code may change what does not look changeable."""

_DEEPEST = 8
"""Levels of values in values, decorators around decorators; beyond, nothing is known."""

_OF_LIBRARIES = {"_abc_impl", "model_config", "model_fields", "model_computed_fields"}
"""What pydantic and `abc` keep in a class for themselves."""


def changes_itself(tree: ast.Module) -> bool:
    """Whether code of a module changes its own names, or attributes of classes and modules."""
    outside = {each for node in tree.body for each in _bound(node)} | {"cls"}
    return any(_changes(node, outside) for node in ast.walk(tree))


def keeps_state(module: ModuleType) -> bool:
    """Whether anything in a module or in its classes could be changed."""
    return any(
        not _is_fixed(value, module.__name__, depth=0)
        for name, value in list(vars(module).items())
        if not (name.startswith("__") and name.endswith("__"))
    )


def _bound(node: ast.stmt) -> Iterator[str]:
    """Names that a statement at the top of a module makes."""
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            yield from ((each.asname or each.name).partition(".")[0] for each in node.names)
        case ast.With() | ast.If() | ast.Try():
            for each in ast.iter_child_nodes(node):
                if isinstance(each, ast.stmt):
                    yield from _bound(each)
        case _:
            for each in ast.walk(node):
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                    yield each.id


def _changes(node: ast.AST, outside: set[str]) -> bool:
    match node:
        case ast.Global():
            return True
        case ast.Name(id=name, ctx=ast.Load()):
            return name in _REACHING_IN
        case ast.Attribute(attr="__dict__" | "__defaults__" | "__kwdefaults__" | "__code__"):
            return True
        case (
            ast.Attribute(ctx=ast.Store() | ast.Del(), value=base)
            | ast.Subscript(ctx=ast.Store() | ast.Del(), value=base)
        ):
            return not _is_local(base, outside)
        case _:
            return False


def _is_local(base: ast.expr, outside: set[str]) -> bool:
    """Whether what is changed hangs on a name of the function, as `self` is, and on no class."""
    match base:
        case ast.Name(id=name):
            return name not in outside
        case ast.Attribute(value=below, attr=name):
            return name != "__class__" and _is_local(below, outside)
        case ast.Subscript(value=below):
            return _is_local(below, outside)
        case _:
            return False


def _is_fixed(value: object, module: str, *, depth: int) -> bool:
    if depth > _DEEPEST:
        return False
    if isinstance(value, (type, FunctionType)):
        if value.__module__ != module:
            return True
        look = _parts_of_class(value) if isinstance(value, type) else _parts_of_function(value)
    elif isinstance(value, (Enum, *_UNCHANGEABLE)) or type(value).__module__ == typing.__name__:
        return True
    else:
        look = _parts_of(value)
    return look is not None and all(_is_fixed(each, module, depth=depth + 1) for each in look)


def _parts_of(value: Any) -> Iterable[object] | None:
    """What a value consists of, when it cannot be changed itself; None when it may be."""
    match value:
        case tuple() | frozenset():
            parts: Iterable[object] | None = value  # pyright: ignore[reportUnknownVariableType]
        case property():
            parts = (value.fget, value.fset, value.fdel)
        case staticmethod() | classmethod():
            parts = (vars(value)["__wrapped__"],)
        case cached_property():
            parts = (vars(value)["func"],)
        case BaseModel() if value.model_config.get("frozen"):
            parts = vars(value).values()
        case _ if dataclasses.is_dataclass(value) and _is_frozen(type(value)):
            parts = [getattr(value, each.name) for each in dataclasses.fields(value)]
        case _:
            parts = None
    return parts  # pyright: ignore[reportUnknownVariableType]


def _is_frozen(cls: Any) -> bool:
    return bool(cls.__dataclass_params__.frozen)


def _parts_of_class(cls: type[Any]) -> Iterable[object]:
    if issubclass(cls, Enum):
        return ()
    return [
        value
        for name, value in vars(cls).items()
        # A name with `__` that was written in the class would begin with the class's own.
        if not name.startswith("__") and name not in _OF_LIBRARIES
    ]


def _parts_of_function(function: FunctionType) -> Iterable[object]:
    """Its defaults live as long as it does, and so does what a decorator closed over."""
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # an empty cell
            yield cell.cell_contents

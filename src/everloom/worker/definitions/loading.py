"""Compiled source becomes a workflow class, in a module of its own that nothing else can import.

No file is written and nothing is entered into `sys.modules`: two definitions of equal names never
meet. The text is known to `linecache` while it is loaded, so that a traceback shows its lines.
"""

import hashlib
import linecache
from dataclasses import dataclass
from itertools import count
from types import ModuleType
from typing import Any, Protocol

from everloom.core import Conflict, Invalid

_numbers = count(1)


class SourceChanged(Conflict):
    """Compiled source is not the text that was compiled."""

    code = "definition-source-changed"


class SourceInvalid(Invalid):
    """Compiled source cannot be loaded."""

    code = "definition-source-invalid"


class CompiledSource(Protocol):
    """A compiled definition, as far as loading needs it."""

    @property
    def type_name(self) -> str:
        """Workflow type: `shop.order@1.0.0`."""
        ...

    @property
    def class_name(self) -> str:
        """Name of the workflow class in the source."""
        ...

    @property
    def source(self) -> str:
        """The Python text."""
        ...

    @property
    def sha256(self) -> str:
        """Hash of the text, in hexadecimal digits."""
        ...

    @property
    def activities(self) -> tuple[str, ...]:
        """Wire names of what it calls."""
        ...


@dataclass(frozen=True, eq=False)
class LoadedDefinition:
    """A compiled definition whose class can be served."""

    type_name: str
    cls: type[Any]
    file: str
    """What tracebacks call its text."""

    def forget(self) -> None:
        """Let go of the text that tracebacks show."""
        linecache.cache.pop(self.file, None)


def load_definition(compiled: CompiledSource) -> LoadedDefinition:
    """Make the workflow class of a compiled definition.

    Raises:
        SourceChanged: The text is not the one that its hash was taken of.
        SourceInvalid: It is no Python, or holds no workflow of that name.
    """
    found = source_hash(compiled.source)
    if found != compiled.sha256:
        raise SourceChanged(
            f"The compiled source of `{compiled.type_name}` has the hash {found[:12]}, "
            f"not {compiled.sha256[:12]}.",
            hint="Somebody changed it after it was compiled. Compile the definition anew.",
        )
    number = next(_numbers)
    file = f"<definition {compiled.type_name} {found[:12]} {number}>"
    module = ModuleType(f"everloom_definition_{found[:12]}_{number}")
    module.__file__ = file
    lines = compiled.source.splitlines(keepends=True)
    # Without a time of change the entry is never compared with a file.
    linecache.cache[file] = (len(compiled.source), None, lines, file)
    try:
        return LoadedDefinition(compiled.type_name, _executed(module, compiled, file), file)
    except BaseException:
        linecache.cache.pop(file, None)
        raise


def source_hash(source: str) -> str:
    """The hash that a compiled source is known by."""
    return hashlib.sha256(source.encode()).hexdigest()


def _executed(module: ModuleType, compiled: CompiledSource, file: str) -> type[Any]:
    try:
        exec(compile(compiled.source, file, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - our own compiler's text, its hash is the published one
        cls: object = getattr(module, compiled.class_name, None)
    except Exception as error:
        raise SourceInvalid(
            f"The compiled source of `{compiled.type_name}` cannot be loaded: "
            f"{type(error).__name__}: {error}.",
            hint="Compile the definition anew with this version of Everloom.",
        ) from error
    definition: object = getattr(cls, "__temporal_workflow_definition", None)
    name: object = getattr(definition, "name", None)
    if not isinstance(cls, type) or name != compiled.type_name:
        raise SourceInvalid(
            f"The compiled source of `{compiled.type_name}` has no class `{compiled.class_name}` "
            f"that is this workflow.",
            hint="Compile the definition anew with this version of Everloom.",
        )
    return cls

"""How do compiled definitions get run? Loaded from their source, served, replayed, hosted beside a command."""

from .hosting import DefinitionHost
from .loading import (
    CompiledSource,
    LoadedDefinition,
    SourceChanged,
    SourceInvalid,
    load_definition,
    source_hash,
)
from .log_lines import set_up_runtime
from .messages import Begin
from .process import ServingLost
from .serving import catalog_activities, replay_definitions, serve_definitions

__all__ = [
    "Begin",
    "CompiledSource",
    "DefinitionHost",
    "LoadedDefinition",
    "ServingLost",
    "SourceChanged",
    "SourceInvalid",
    "catalog_activities",
    "load_definition",
    "replay_definitions",
    "serve_definitions",
    "set_up_runtime",
    "source_hash",
]

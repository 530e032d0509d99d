"""What exists in code: workflows, activities, providers, found in the settings' packages."""

from .collecting import collect
from .describing import WireName, wire_names
from .discovery import discover
from .entries import (
    ActivityEntry,
    Catalog,
    CatalogInvalid,
    ProviderEntry,
    ScheduleEntry,
    WorkflowEntry,
    WorkflowUnknown,
)
from .providing import ProviderFailed, ProviderMissing, Providers, open_providers
from .schedules import find_scheduled
from .weighing import heavy_imports

__all__ = [
    "ActivityEntry",
    "Catalog",
    "CatalogInvalid",
    "ProviderEntry",
    "ProviderFailed",
    "ProviderMissing",
    "Providers",
    "ScheduleEntry",
    "WireName",
    "WorkflowEntry",
    "WorkflowUnknown",
    "collect",
    "discover",
    "find_scheduled",
    "heavy_imports",
    "open_providers",
    "wire_names",
]

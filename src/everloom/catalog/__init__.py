"""What exists in code: workflows, activities, providers, found in the settings' packages."""

from .call_scope import CallProviderFailed
from .checks import constructor_needs
from .collecting import collect
from .describing import WireName, wire_names
from .discovery import discover
from .entries import (
    ActivityEntry,
    Catalog,
    CatalogInvalid,
    ProviderEntry,
    QueueUnserved,
    ScheduleEntry,
    WorkflowEntry,
    WorkflowUnknown,
)
from .providing import ProviderFailed, ProviderMissing, Providers, open_providers
from .schedules import find_scheduled
from .weighing import heavy_imports

__all__ = [
    "ActivityEntry",
    "CallProviderFailed",
    "Catalog",
    "CatalogInvalid",
    "ProviderEntry",
    "ProviderFailed",
    "ProviderMissing",
    "Providers",
    "QueueUnserved",
    "ScheduleEntry",
    "WireName",
    "WorkflowEntry",
    "WorkflowUnknown",
    "collect",
    "constructor_needs",
    "discover",
    "find_scheduled",
    "heavy_imports",
    "open_providers",
    "wire_names",
]

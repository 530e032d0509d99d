"""What exists in code: workflows, activities, providers, found in the settings' packages."""

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

__all__ = [
    "ActivityEntry",
    "Catalog",
    "CatalogInvalid",
    "ProviderEntry",
    "ProviderFailed",
    "ProviderMissing",
    "Providers",
    "ScheduleEntry",
    "WorkflowEntry",
    "WorkflowUnknown",
    "discover",
    "find_scheduled",
    "open_providers",
]

"""What exists in code: workflows, activities, providers, found in the settings' packages."""

from .discovery import discover
from .entries import (
    ActivityEntry,
    Catalog,
    CatalogInvalid,
    ProviderEntry,
    WorkflowEntry,
    WorkflowUnknown,
)
from .providing import ProviderFailed, ProviderMissing, Providers, open_providers

__all__ = [
    "ActivityEntry",
    "Catalog",
    "CatalogInvalid",
    "ProviderEntry",
    "ProviderFailed",
    "ProviderMissing",
    "Providers",
    "WorkflowEntry",
    "WorkflowUnknown",
    "discover",
    "open_providers",
]

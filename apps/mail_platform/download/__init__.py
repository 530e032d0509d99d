"""Bring a product file into the object store: from a URL, an upload or a feed folder."""

from .activity import DownloadActivities
from .checkpoint import Checkpoint
from .errors import (
    AddressRefused,
    CertificateRefused,
    ContentTypeRefused,
    DownloadInterrupted,
    FileChanging,
    FileKindRefused,
    FileNotFound,
    FileRefused,
    FileTooLarge,
    GzipBomb,
    GzipDamaged,
    HostNotFound,
    RedirectLoop,
    SourceRefused,
    SourceUnavailable,
)

__all__ = [
    "AddressRefused",
    "CertificateRefused",
    "Checkpoint",
    "ContentTypeRefused",
    "DownloadActivities",
    "DownloadInterrupted",
    "FileChanging",
    "FileKindRefused",
    "FileNotFound",
    "FileRefused",
    "FileTooLarge",
    "GzipBomb",
    "GzipDamaged",
    "HostNotFound",
    "RedirectLoop",
    "SourceRefused",
    "SourceUnavailable",
]

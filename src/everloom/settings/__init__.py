"""Every setting, typed and documented. The only reader of the environment and the settings file."""

from .applications import find_app_settings
from .definitions import (
    SECRET_PREFIX,
    EventSettings,
    HttpSettings,
    RunSettings,
    SecretSettings,
    origin_of,
    secret_variable,
)
from .deployment import UNVERSIONED, DeploymentSettings
from .description import SettingRow, describe_settings, settings_schema
from .environment import adopt_environment, child_environment, temporal_environment
from .loading import Loaded, load_settings, load_with_sources
from .payloads import SHORTEST_RETENTION, PayloadSettings, check_codec, read_payload_keys
from .problems import SettingsInvalid
from .projects import HostSettings, ProjectSettings
from .replay import ReplaySettings
from .sections import (
    ActivitySettings,
    ApiSettings,
    AppSettings,
    CatalogSettings,
    EngineSettings,
    LogSettings,
    QueueProfile,
    QueueSettings,
    RetrySettings,
    Section,
    StoreSettings,
    TemporalSettings,
    WorkerSettings,
    WorkflowSettings,
)
from .tree import Settings

__all__ = [
    "SECRET_PREFIX",
    "SHORTEST_RETENTION",
    "UNVERSIONED",
    "ActivitySettings",
    "ApiSettings",
    "AppSettings",
    "CatalogSettings",
    "DeploymentSettings",
    "EngineSettings",
    "EventSettings",
    "HostSettings",
    "HttpSettings",
    "Loaded",
    "LogSettings",
    "PayloadSettings",
    "ProjectSettings",
    "QueueProfile",
    "QueueSettings",
    "ReplaySettings",
    "RetrySettings",
    "RunSettings",
    "SecretSettings",
    "Section",
    "SettingRow",
    "Settings",
    "SettingsInvalid",
    "StoreSettings",
    "TemporalSettings",
    "WorkerSettings",
    "WorkflowSettings",
    "adopt_environment",
    "check_codec",
    "child_environment",
    "describe_settings",
    "find_app_settings",
    "load_settings",
    "load_with_sources",
    "origin_of",
    "read_payload_keys",
    "secret_variable",
    "settings_schema",
    "temporal_environment",
]

"""What can be done with definitions: check, compile, run, schedule. Nothing here prints."""

from .events import EventsInvalid, check_events, parse_events
from .functions import CatalogFunctions, offered_functions
from .outcomes import RunOutcome, Status, lost
from .preparing import CheckedSource, Prepared, check_sources, compile_checked, prepare
from .repeating import RepeatBusy
from .resources import fetch_resources
from .running import DefinitionRun, RunInputInvalid, check_run_input, run_definition
from .scheduling import (
    DefinitionSchedule,
    ScheduleUnsupported,
    apply_schedule,
    plan_removal,
    plan_schedule,
    sync_schedule,
)
from .sources import DefinitionRefused, Found, Source, read_source

__all__ = [
    "CatalogFunctions",
    "CheckedSource",
    "DefinitionRefused",
    "DefinitionRun",
    "DefinitionSchedule",
    "EventsInvalid",
    "Found",
    "Prepared",
    "RepeatBusy",
    "RunInputInvalid",
    "RunOutcome",
    "ScheduleUnsupported",
    "Source",
    "Status",
    "apply_schedule",
    "check_events",
    "check_run_input",
    "check_sources",
    "compile_checked",
    "fetch_resources",
    "lost",
    "offered_functions",
    "parse_events",
    "plan_removal",
    "plan_schedule",
    "prepare",
    "read_source",
    "run_definition",
    "sync_schedule",
]

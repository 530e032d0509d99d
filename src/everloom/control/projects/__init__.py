"""Projects: who owns which, what they may use, and the log of what was changed."""

from .borders import border_problems
from .exporting import ExportFolderTaken, export_project
from .finding import find_project, parse_project, read_project
from .importing import import_project
from .keeping import (
    ProjectBusy,
    ProjectChangeInvalid,
    create_project,
    delete_project,
    list_projects,
    project_json,
    runs_of,
    update_project,
)
from .names import ProjectName, ProjectNameInvalid, placement_id, run_name, workflow_id_of
from .noting import EVENTS, EVERLOOM, note
from .overview import (
    DefinitionOverview,
    ProjectDetails,
    ProjectOverview,
    list_overviews,
    read_details,
)
from .platform import Platform
from .reading import ImportInvalid
from .schedules import remove_schedule, sync_project_schedule

__all__ = [
    "EVENTS",
    "EVERLOOM",
    "DefinitionOverview",
    "ExportFolderTaken",
    "ImportInvalid",
    "Platform",
    "ProjectBusy",
    "ProjectChangeInvalid",
    "ProjectDetails",
    "ProjectName",
    "ProjectNameInvalid",
    "ProjectOverview",
    "border_problems",
    "create_project",
    "delete_project",
    "export_project",
    "find_project",
    "import_project",
    "list_overviews",
    "list_projects",
    "note",
    "parse_project",
    "placement_id",
    "project_json",
    "read_details",
    "read_project",
    "remove_schedule",
    "run_name",
    "runs_of",
    "sync_project_schedule",
    "update_project",
    "workflow_id_of",
]

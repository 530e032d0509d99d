"""In what workflow code runs: the SDK's sandbox, and what it lets through.

Three kinds of modules. Installed ones and the application's own that only compute are *passed
through*: imported once, by the process. Own ones that also use the clock, files or the like (an
activity beside a model, say) are *shared*: imported once more, inside the sandbox, for all runs, so
that nothing in them escapes it. Workflow files that hold nothing
a run could change are shared too; the others are imported *afresh* for each run, as the SDK does.
"""

from .checking import check_sandbox, refused
from .imports import import_problems, say_imports
from .running import GuardedRunner, runner_for, workflow_runner

__all__ = [
    "GuardedRunner",
    "check_sandbox",
    "import_problems",
    "refused",
    "runner_for",
    "say_imports",
    "workflow_runner",
]

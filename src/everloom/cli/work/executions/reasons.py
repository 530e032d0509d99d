"""Say why a run of a project does not go on, and where two part."""

from everloom.cli.work.compare import tell_comparison
from everloom.cli.work.platform import on_platform
from everloom.cli.work.why import tell_why
from everloom.control import parse_reference
from everloom.control.timeline import compare_project_runs, why_run


def show_why(id: str, project: str, *, as_json: bool) -> None:
    """Answer in one sentence, in the words of the definition."""
    meant = parse_reference(id)
    why = on_platform(
        lambda p, _: why_run(p, project, meant.workflow_id, meant.run_id), temporal=True
    )
    tell_why(why, as_json=as_json)


def compare(a: str, b: str, project: str, *, as_json: bool) -> int:
    """Show both, and the first task at which they part; 1 when they do."""
    found = on_platform(lambda p, _: compare_project_runs(p, project, a, b), temporal=True)
    return tell_comparison(found, as_json=as_json)

"""Show the versions of what is used on this machine."""

from everloom.cli.output import Output
from everloom.control import installed_versions


def show_versions(*, as_json: bool) -> None:
    """Show versions of Everloom, Python and the packages that matter."""
    versions = installed_versions()
    out = Output(as_json=as_json)
    if as_json:
        out.document(versions)
        return
    out.facts(versions.items())

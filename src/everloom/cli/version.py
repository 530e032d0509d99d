"""`everloom version`: the versions of what is used on this machine. Asks nobody."""

from .options import JsonFlag


def version(*, json: JsonFlag = False) -> None:
    """Show the versions of what is used.

    The version of the Temporal server is in `everloom doctor`, which asks it.
    """
    from .work.versions import show_versions  # noqa: PLC0415 - help must not wait for it

    show_versions(as_json=json)

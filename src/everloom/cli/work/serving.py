"""Serve the HTTP API."""

from everloom.api import serve
from everloom.cli.output import Output
from everloom.observe import follow_orders, set_up_logs
from everloom.settings import load_settings


def serve_api(*, host: str | None, port: int | None, quiet: bool) -> None:
    """Serve until a signal ends it; options win over settings."""
    settings = load_settings()
    asked = {"host": host, "port": port}
    changes = {name: value for name, value in asked.items() if value is not None}
    settings = settings.model_copy(update={"api": settings.api.model_copy(update=changes)})
    set_up_logs(settings.log)
    follow_orders(settings)
    api = settings.api
    shown = f"[{api.host}]" if ":" in api.host else api.host

    def say_where() -> None:
        if not quiet:
            Output(as_json=False).say(f"API: http://{shown}:{api.port}/docs")

    serve(settings, say_where)

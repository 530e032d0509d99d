"""Be a host, and list hosts."""

from everloom.cli.output import Output
from everloom.control.placement import list_hosts as present_hosts
from everloom.engine import find_engine
from everloom.settings import load_settings
from everloom.store import Host
from everloom.worker.hosts import HostOptions, host_process

from .amounts import size_text
from .moments import ago
from .platform import on_platform


def run(*, name: str | None, slots: int | None) -> int:
    """Carry projects until a signal ends it; options win over settings."""
    settings = load_settings()
    engine = find_engine(settings)  # that of this folder may listen on another port
    address = engine.address if engine is not None else None
    namespace = engine.namespace if engine is not None else None
    options = HostOptions(name=name, slots=slots, address=address, namespace=namespace)
    return host_process(settings, options)


def list_hosts(*, as_json: bool) -> None:
    """List the hosts that were heard of lately."""
    out = Output(as_json=as_json)
    found = sorted(on_platform(lambda p, _: present_hosts(p), temporal=False), key=_by_name)
    if as_json:
        out.document({"hosts": found})
        return
    if not found:
        out.say("There are no hosts. `everloom host` starts one.")
        return
    out.table(
        ("Host", "Machine", "Projects", "Memory", "Processor", "Heartbeat", "State"),
        [
            (
                each.name,
                f"{each.machine}, process {each.pid}",
                f"{each.projects} of {each.slots}",
                size_text(each.memory_bytes),
                f"{each.cpu_share:.0%}",
                ago(each.last_heartbeat_at),
                "draining" if each.is_draining else "running",
            )
            for each in found
        ],
    )


def _by_name(host: Host) -> str:
    return host.name

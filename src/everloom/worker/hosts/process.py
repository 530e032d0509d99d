"""The process of `everloom host`, from its set-up to its exit code."""

import asyncio

from everloom.observe import follow_orders, set_up_logs
from everloom.settings import Settings
from everloom.worker.definitions import set_up_runtime

from .host import HostOptions, run_host
from .outages import Outages


def host_process(settings: Settings, options: HostOptions | None = None) -> int:
    """Be a host until a signal ends it, and return the exit code. Once a process.

    Raises:
        EverloomError: It cannot begin, for the reason that the error's code names.
    """
    outages = Outages()
    set_up_logs(settings.log)
    # The store knows which hosts live. That each worker tells Temporal too would cost a thread each.
    set_up_runtime(settings, outages.notice, tells_alive=False)
    return asyncio.run(_run(settings, options, outages))


async def _run(settings: Settings, options: HostOptions | None, outages: Outages) -> int:
    follow_orders(settings)
    return await run_host(settings, options, outages=outages)

"""Which process serves which queues."""

from collections.abc import Sequence

from everloom.settings import QueueProfile, Settings

from .errors import QueueUnknown


def read_queues(settings: Settings, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """The queues to serve: those asked for, else all there are.

    Raises:
        QueueUnknown: One of them is not in the settings; the hint names the nearest.
    """
    known = settings.queues.names()
    for queue in asked:
        if queue not in known:
            raise QueueUnknown(queue, known)
    return tuple(dict.fromkeys(asked)) or known


def profile_of(settings: Settings, queue: str) -> QueueProfile:
    """The profile of a queue.

    Raises:
        QueueUnknown: There is no such queue.
    """
    profile = settings.queues.find_profile(queue)
    if profile is None:
        raise QueueUnknown(queue, settings.queues.names())
    return profile


def plan_processes(
    settings: Settings, queues: Sequence[str], *, at_most: int | None = None
) -> tuple[tuple[str, ...], ...]:
    """The queues of each process.

    Process k carries every queue whose profile wants at least k workers: queues share processes, so
    the four built-in profiles need 5 processes together, not 10.

    Raises:
        QueueUnknown: One of the queues is not in the settings.
    """
    wanted = {queue: profile_of(settings, queue).workers for queue in queues}
    count = max(wanted.values(), default=0)
    count = min(count, at_most) if at_most is not None else count
    return tuple(
        tuple(queue for queue, workers in wanted.items() if workers >= number)
        for number in range(1, count + 1)
    )

"""Which process serves which queues."""

import pytest

from everloom.settings import QueueSettings, Settings
from everloom.worker import QueueUnknown, plan_processes, read_queues


def test_built_in_profiles_share_five_processes():
    """Process k carries every queue that wants at least k workers."""
    plan = plan_processes(Settings(), read_queues(Settings()))

    assert plan == (
        ("high-priority", "standard", "background", "scheduled"),
        ("high-priority", "standard"),
        ("high-priority", "standard"),
        ("high-priority",),
        ("high-priority",),
    )


def test_number_of_processes_can_be_capped():
    """With one process it carries every queue."""
    plan = plan_processes(Settings(), ("standard", "background"), at_most=1)

    assert plan == (("standard", "background"),)


def test_own_queue_follows_its_profile():
    """A bound queue gets the processes of its profile."""
    settings = Settings(queues=QueueSettings(bind={"mail": "standard"}))

    assert plan_processes(settings, ("mail",)) == (("mail",),) * 3


def test_unknown_queue_is_refused_with_the_nearest():
    """A misspelt queue is no empty plan."""
    with pytest.raises(QueueUnknown) as caught:
        read_queues(Settings(), ["standart"])

    assert caught.value.hint == "Did you mean `standard`?"

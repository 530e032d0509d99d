"""A summary names its task, and gives it back; and what happened to tasks travels from link to link."""

import pytest

from everloom.flow import read_mark
from everloom.flow.marks import LONGEST, marked
from everloom.flow.trace import KEPT, Trace, Traced


@pytest.mark.parametrize(
    ("said", "reference"),
    [
        ("getPet", "/do/0/getPet"),
        ("nap, until 2026-05-01T12:00:00Z", "/do/2/loop/do/0/nap"),
        ("with (parentheses) in it", "/do/0/odd (name)"),
        ("", "/do/0/nameless"),
        ("over\nlines", "/use/extensions/0/log/before/0/a~1b"),
    ],
)
def test_a_mark_is_read_as_it_was_written(said: str, reference: str) -> None:
    """Both parts."""
    assert read_mark(marked(said, reference)) == (said, reference)


@pytest.mark.parametrize("said", ["plain", "plain (aside)", "(/etc/passwd)", ""])
def test_what_has_no_mark_names_no_task(said: str) -> None:
    """And stays as it is."""
    assert read_mark(said) == (said, "")


def test_a_reference_that_finds_no_room_is_left_out() -> None:
    """Temporal refuses long summaries; what people wrote goes first."""
    assert marked("getPet", f"/do/0/{'x' * LONGEST}") == "getPet"
    assert marked("ü" * 40, "/do/0/getPet") == "ü" * 40
    assert marked("getPet", "") == "getPet"


def test_a_trace_goes_along_to_the_next_link() -> None:
    """With times, places and passes; and with its count, though only the newest are kept."""
    entries = [Traced(f"/do/0/t{n}", "started", n, f"run-{n // 10}", n, (n,)) for n in range(20)]
    packed = Trace(entries, noted=100).packed()

    unpacked = Trace.unpacked(packed, 100)

    assert unpacked.packed() == packed
    assert unpacked.noted == 100
    assert unpacked.told(0)["first"] == 80
    assert unpacked.told(95)["first"] == 95
    assert len(unpacked.told(95)["entries"]) == 5
    assert unpacked.told(1000)["entries"] == []


def test_a_trace_of_an_older_everloom_is_read() -> None:
    """A run that began with it goes on; it said what happened, and nothing else."""
    unpacked = Trace.unpacked([["/do/0/a", "started"], ["/do/0/a", "completed"]], 0)

    assert [each["status"] for each in unpacked.shown()] == ["started", "completed"]
    assert unpacked.noted == 2


def test_a_trace_keeps_the_newest() -> None:
    """However long the run is."""
    entries = [Traced("/do/0/a", "started", n) for n in range(KEPT + 3)]

    told = Trace(entries, noted=KEPT + 3).told(0)

    assert told["first"] == 3
    assert len(told["entries"]) == KEPT

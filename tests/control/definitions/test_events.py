"""Events that are to be sent to a run."""

import pytest

from everloom.control.definitions import EventsInvalid, check_events, parse_events

FULL = {"type": "order.paid", "source": "shop", "id": "1", "specversion": "1.0"}


def test_events_are_read_line_by_line() -> None:
    """Empty lines are none; the order stays."""
    text = '{"type": "a", "data": 1}\n\n{"type": "b", "source": "shop", "id": "7"}\n'

    first, second = parse_events(text, "events.jsonl")

    assert (first["type"], first["data"]) == ("a", 1)
    assert second == {"type": "b", "source": "shop", "id": "7", "specversion": "1.0"}


def test_what_the_sender_leaves_out_is_made_up() -> None:
    """An event needs an id, or the next one would count as the same."""
    first, second = check_events([{"type": "a"}, {"type": "a"}])

    assert first["id"] != second["id"]
    assert first["source"] == second["source"] != ""


def test_a_whole_event_stays_as_it_is() -> None:
    """Extension attributes too."""
    event = {**FULL, "orderid": 7, "data": None}

    assert check_events([event]) == (event,)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("{", "not JSON", id="json"),
        pytest.param("[]", "no object", id="list"),
        pytest.param("{}", "no `type`", id="empty"),
        pytest.param('{"type": 3}', "`type` is no text", id="type"),
        pytest.param('{"type": "a", "id": 3}', "`id` is no text", id="id"),
    ],
)
def test_what_is_no_event_is_named_by_its_line(line: str, words: str) -> None:
    """Before anything starts, and all of them at once."""
    with pytest.raises(EventsInvalid) as raised:
        parse_events(f'{{"type": "a"}}\n{line}\n"text"\n', "events.jsonl")

    places = [problem.place for problem in raised.value.problems]
    assert places == ["events.jsonl:2", "events.jsonl:3"]
    assert words in raised.value.problems[0].message


def deep(levels: int) -> str:
    """JSON of lists within lists."""
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param("NaN", "not JSON compliant", id="no number"),
        pytest.param('"\\ud800"', "surrogates not allowed", id="half a character"),
        pytest.param(deep(195), "nests deeper than 190 levels", id="deep"),
        pytest.param(deep(100_000), "not JSON", id="deeper than can be read"),
    ],
)
def test_what_cannot_be_sent_is_refused(data: str, words: str) -> None:
    """A run would wait for it without a word."""
    with pytest.raises(EventsInvalid) as raised:
        parse_events(f'{{"type": "a", "data": {data}}}', "events.jsonl")

    assert words in raised.value.problems[0].message


@pytest.mark.parametrize("letter", ["\u2028", "\u2029", "\x85"])
def test_only_an_end_of_line_ends_an_event(letter: str) -> None:
    """Texts in JSON may hold what ends a line elsewhere."""
    text = f'{{"type": "a", "data": "one{letter}two"}}\r\n{{"type": "b"}}\n'

    first, second = parse_events(text, "events.jsonl")

    assert (first["data"], second["type"]) == (f"one{letter}two", "b")

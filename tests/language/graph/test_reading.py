"""Which links a definition is drawn with: where its tasks lead, and nowhere else."""

from typing import Any

from tests.language.graph.drawn import Described, define, get, put, switch

from everloom.language.graph.reading import read_drawing
from everloom.language.graph.shapes import Card, Flow, Frame, flows_of


def links(flow: Flow) -> list[tuple[str, str, str, str]]:
    """Titles of both ends, kind and label; `(` and `)` are the ends of the flow."""
    ports = {"entry": "(", "exit": ")", "start": "(", "end": ")"}
    names = {box.id: box.title for box in flow.boxes}
    names |= {box.id: ports[box.kind] for box in flow.boxes if box.kind in ports}
    return [(names[each.source], names[each.target], each.kind, each.label) for each in flow.links]


def whole(definition: Described) -> Flow:
    """The tasks of a definition."""
    return read_drawing(definition).flow


def inner(definition: Described) -> Flow:
    """The tasks in its only task."""
    [frame] = [box for box in whole(definition).boxes if isinstance(box, Frame)]
    return frame.flows[0]


def test_tasks_follow_one_another() -> None:
    """Without a word about it, a task leads to the next, and the last to the end."""
    assert links(whole(define(put("a"), put("b")))) == [
        ("(", "a", "flow", ""),
        ("a", "b", "flow", ""),
        ("b", ")", "flow", ""),
    ]


def test_a_task_leads_where_it_says() -> None:
    """Forward, backward, and out."""
    found = links(whole(define(put("a", then="c"), put("b", then="a"), put("c", then="exit"))))

    assert found == [
        ("(", "a", "flow", ""),
        ("a", "c", "flow", ""),
        ("b", "a", "flow", ""),
        ("c", ")", "flow", ""),
    ]


def test_a_task_that_may_be_skipped_leads_on() -> None:
    """A false `if` goes to the next task, whatever `then` says."""
    found = links(whole(define({"a": {"set": {"x": 1}, "if": ".x", "then": "end"}}, put("b"))))

    assert ("a", ")", "flow", "") in found
    assert ("a", "b", "skip", "skipped") in found


def test_a_switch_shows_what_each_case_asks() -> None:
    """A case is labelled with its `when`, the default with its name."""
    found = links(
        whole(define(switch("s", ("big", "${ .n > 9 }", "b"), ("rest", None, "end")), put("b")))
    )

    assert found[1:3] == [("s", "b", "case", ".n > 9"), ("s", ")", "case", "rest")]


def test_a_switch_without_a_default_falls_through() -> None:
    """When no case holds, it goes on as `then` says."""
    found = links(whole(define(switch("s", ("big", ".n", "b")), put("a"), put("b"))))

    assert ("s", "a", "case", "otherwise") in found


def test_an_error_leads_nowhere() -> None:
    """A raise has no next task."""
    error = {"type": "https://shop.example/errors/refused", "status": 403}
    found = links(whole(define({"no": {"raise": {"error": error}}}, put("b"))))

    assert [link for link in found if link[0] == "no"] == []


def test_a_loop_begins_again() -> None:
    """Its tasks lead back to the first of them."""
    loop = {"each": {"for": {"each": "x", "in": ".xs"}, "do": [put("a")]}}

    assert (")", "(", "loop", "next") in links(inner(define(loop)))


def test_branches_part_and_meet() -> None:
    """All begin at the entry and lead to the exit; one that raises does not."""
    fork = {"f": {"fork": {"branches": [put("a"), {"b": {"raise": {"error": "gone"}}}]}}}
    found = links(inner(define(fork)))

    assert found == [("(", "a", "flow", ""), ("(", "b", "flow", ""), ("a", ")", "flow", "")]


def test_the_end_from_inside_another_task_is_an_end_of_its_own() -> None:
    """The links of a flow stay within it."""
    flow = inner(define({"d": {"do": [put("a", then="end"), put("b")]}}, put("c")))

    assert [box.kind for box in flow.boxes if isinstance(box, Card)][-2:] == ["end", "exit"]


def test_what_never_goes_on_leads_nowhere() -> None:
    """After tasks that all end the workflow there is no next."""
    found = links(whole(define({"d": {"do": [put("a", then="end")]}}, put("b"))))

    assert [link for link in found if link[0] == "d"] == []


def test_a_try_shows_what_it_catches_and_retries() -> None:
    """An arrow to the catch, one back, and one to where it goes on after an error."""
    catch: dict[str, Any] = {
        "errors": {"with": {"type": "https://shop.example/errors/busy", "status": 503}},
        "retry": {"delay": {"seconds": 2}, "limit": {"attempt": {"count": 5}}},
        "then": "b",
    }
    flow = whole(define({"t": {"try": [get("a")], "catch": catch}}, put("x"), put("b")))
    [frame] = [box for box in flow.boxes if isinstance(box, Frame)]

    assert [(arrow.kind, arrow.label) for arrow in frame.arrows] == [
        ("error", "on error"),
        ("retry", "retry 5\u00d7, after 2 s"),
    ]
    assert frame.flows[1].lines == ("type busy, status 503",)
    assert ("t", "b", "error", "after an error") in links(flow)


def test_every_box_knows_its_task() -> None:
    """The pointer is the task's reference, with names escaped."""
    definition = define({"a/b~c": {"do": [put("x")]}}, {"f": {"fork": {"branches": [put("y")]}}})
    boxes = [box for flow in flows_of(whole(definition)) for box in flow.boxes]

    assert [box.pointer for box in boxes if box.pointer] == [
        "/do/0/a~1b~0c",
        "/do/1/f",
        "/do/0/a~1b~0c/do/0/x",
        "/do/1/f/fork/branches/0/y",
    ]


def leads_on(catch: dict[str, Any]) -> bool:
    """Whether what a catch does leads to what follows its try."""
    [frame] = [
        box
        for box in whole(define({"t": {"try": [get("a")], "catch": catch}}, put("b"))).boxes
        if isinstance(box, Frame)
    ]
    return frame.flows[1].can_be_left


def test_a_catch_leads_on_unless_the_error_does() -> None:
    """It goes on after tasks, or after nothing; not after retries alone, nor where `then` leads."""
    retry = {"delay": {"seconds": 1}}

    assert leads_on({"do": [put("x")]})
    assert leads_on({"retry": retry, "do": [put("x")]})
    assert leads_on({"errors": {"with": {"status": 404}}})
    assert not leads_on({"retry": retry})
    assert not leads_on({"do": [put("x")], "then": "b"})

"""The picture: what it shows, that it is safe, and that it can be read."""

import re
import time
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.language.graph.drawn import (
    SVG,
    Described,
    define,
    elements,
    get,
    put,
    switch,
    texts,
    tooltips,
)
from tests.language.graph.test_mermaid import HOSTILE

from everloom.language.graph import to_svg
from everloom.language.graph.arranging import Arranged, arrange
from everloom.language.graph.reading import read_drawing

TAGS = {"svg", "title", "style", "defs", "marker", "rect", "g", "path", "text"}
ATTRIBUTES = {
    "width", "height", "viewBox", "role", "aria-labelledby", "id", "refX", "refY", "markerWidth",
    "markerHeight", "markerUnits", "orient", "class", "d", "x", "y", "rx", "transform",
    "text-anchor", "data-task",
}  # fmt: skip


def tasks_of_all_kinds() -> tuple[dict[str, Any], ...]:
    """A task of each kind, and ways in both directions."""
    event = {"source": "https://shop.example", "type": "shop.sold"}
    catch = {
        "errors": {"with": {"status": 503}},
        "retry": {"delay": {"seconds": 1}},
        "do": [put("undo")],
    }
    return (
        switch("choose", ("big", ".n > 9", "guard"), ("other", None, "fan")),
        {"guard": {"try": [get("ask"), put("keep", then="exit")], "catch": catch}},
        {"fan": {"fork": {"compete": True, "branches": [get("one"), {"two": {"do": [put("x")]}}]}}},
        {
            "each": {
                "for": {"each": "x", "in": ".xs"},
                "do": [{"tell": {"emit": {"event": {"with": event}}}}],
            }
        },
        {"hear": {"listen": {"to": {"one": {"with": event}}}, "foreach": {"do": [put("note")]}}},
        {"pause": {"wait": {"days": 2}, "then": "choose"}},
        {"fail": {"raise": {"error": "gone"}}},
    )


def test_it_shows_every_task() -> None:
    """By name, with what it does; where the pointer rests, with its reference."""
    svg = to_svg(define(*tasks_of_all_kinds(), schedule={"cron": "0 2 * * *"}))

    assert {"choose", "ask", "undo", "tell", "note", "fail"} <= set(texts(svg))
    assert {".n > 9", "other", "2 d", "cron 0 2 * * *", "the first to succeed wins"} <= set(
        texts(svg)
    )
    assert any("/do/1/guard/catch/do/0/undo" in each for each in tooltips(svg))


@pytest.mark.parametrize("text", [*HOSTILE, "</title><script>alert(1)</script>", "]]></style>"])
def test_a_hostile_text_stays_a_text(text: str) -> None:
    """The picture has the elements and attributes that Everloom writes, and no others."""
    error = {"type": text, "status": 400}
    definition = define(
        put(text),
        {"s": {"switch": [{text: {"when": text, "then": text}}, {f"{text}2": {"then": "end"}}]}},
        {"r": {"raise": {"error": error}}},
        {"t": {"try": [get("c")], "catch": {"as": "e", "when": text}}},
        document={"title": text, "summary": text},
    )
    found = elements(to_svg(definition))

    assert {each.tag.removeprefix(SVG) for each in found} <= TAGS
    assert {name for each in found for name in each.attrib} <= ATTRIBUTES
    assert style_of(definition) == style_of(define(put("a")))


def style_of(definition: Described) -> str | None:
    """The style sheet of a picture."""
    return next(each.text for each in elements(to_svg(definition)) if each.tag == f"{SVG}style")


@given(st.text(min_size=1))
def test_every_text_gives_a_picture(text: str) -> None:
    """XML that can be read again, whatever the definition holds."""
    assert fromstring(to_svg(define(put(text), document={"title": text}))) is not None  # noqa: S314


def test_it_needs_nothing_else() -> None:
    """No address but the name of the format, and no reference but to its own arrows."""
    svg = to_svg(define(*tasks_of_all_kinds()))

    assert "href" not in svg
    assert "@import" not in svg
    assert set(re.findall(r"url\(([^)]*)\)", svg)) == {"#head", "#alarm"}


def test_it_has_colours_for_dark_pages() -> None:
    """Every rule with a colour is there for both schemes, and written out."""
    style = style_of(define(put("a"))) or ""
    light, dark = (
        set(re.findall(r"^(.*?) \{ .*#[0-9a-f]{6}", part, re.MULTILINE))
        for part in style.split("@media")
    )

    assert light == dark
    assert "var(" not in style
    assert "$" not in style


def test_a_long_text_is_cut_and_told_in_full() -> None:
    """An ellipsis in the card, the whole in the tooltip."""
    name = "a name that nobody would give " * 5

    svg = to_svg(define(put(name)))

    assert any(each.endswith("\u2026") and each[:10] == name[:10] for each in texts(svg))
    assert any(name.strip() in each for each in tooltips(svg))


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param(
            define(*(put(f"t{number}") for number in range(300))), id="one after the other"
        ),
        pytest.param(
            define({"f": {"fork": {"branches": [put(f"b{number}") for number in range(300)]}}}),
            id="side by side",
        ),
        pytest.param(
            define(
                switch("s", *((f"c{each}", f".x == {each}", f"t{each}") for each in range(299))),
                *(put(f"t{each}") for each in range(299)),
            ),
            id="three hundred cases",
        ),
        pytest.param(
            define(*(put(f"t{each}", then=f"t{each * 7919 % 300}") for each in range(300))),
            id="jumps everywhere",
        ),
    ],
)
def test_three_hundred_tasks_are_drawn_at_once(definition: Described) -> None:
    """Within two seconds, and no broader than a page."""
    begin = time.perf_counter()
    svg = to_svg(definition)

    assert time.perf_counter() - begin < 2
    assert float(elements(svg)[0].attrib["width"]) <= 1600


JUMPS = st.sampled_from(["continue", "exit", "end", *(f"t{number}" for number in range(12))])


@settings(max_examples=60, deadline=None)
@given(st.lists(JUMPS, min_size=12, max_size=12), st.lists(JUMPS, min_size=12, max_size=12))
def test_no_box_covers_another(thens: list[str], cases: list[str]) -> None:
    """However the tasks lead to one another."""
    tasks = [
        put(f"t{number}", then=then)
        if number % 3
        else switch(f"t{number}", ("yes", ".a", then), ("no", None, case))
        for number, (then, case) in enumerate(zip(thens, cases, strict=True))
    ]

    assert_apart(arrange(read_drawing(define(*tasks)).flow))


def test_no_task_of_a_frame_covers_another() -> None:
    """Nor leaves its frame."""
    assert_apart(arrange(read_drawing(define(*tasks_of_all_kinds())).flow))


def assert_apart(arranged: Arranged) -> None:
    """No two boxes of a flow overlap, and all lie within it; so within its frames."""
    boxes = [
        (x, y, x + arranged.sizes[id].width, y + arranged.sizes[id].height)
        for id, (x, y) in arranged.spots.items()
    ]
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert left >= -0.1
        assert right <= arranged.size.width + 0.1
        assert bottom <= arranged.size.height + 0.1
        for other in boxes[number + 1 :]:
            aside = right <= other[0] + 0.1 or other[2] <= left + 0.1
            assert aside or bottom <= other[1] + 0.1 or other[3] <= top + 0.1
    for framed in arranged.frames.values():
        for part in framed.parts:
            assert part.x + part.size.width <= framed.size.width
            assert_apart(part.arranged)

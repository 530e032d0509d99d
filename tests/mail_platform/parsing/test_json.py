"""JSON documents and JSON Lines."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mail_platform.parsing.reading import read_file

from mail_platform.formats.json_array import Balance
from mail_platform.formats.window import Reach
from mail_platform.models import Format

SMALL = Reach(block=64, text=600, record=200)
ITEMS: list[dict[str, object]] = [
    {"id": number, "title": f"Café {number} \U0001f4a1", "price": 5} for number in range(1, 30)
]


def as_lines(items: list[dict[str, object]]) -> str:
    return "\n".join(json.dumps(item, ensure_ascii=False) for item in items)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(json.dumps(ITEMS), id="array"),
        pytest.param(json.dumps(ITEMS, indent=2, ensure_ascii=False), id="indented"),
        pytest.param(
            json.dumps({"n": 2, "x": [1, "]"], "none": [], "products": ITEMS, "y": [{}]}),
            id="inside",
        ),
        pytest.param(as_lines(ITEMS), id="lines"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("reach", [None, SMALL], ids=["one window", "many windows"])
def test_every_shape_gives_the_same_products(
    document: str, encoding: str, reach: Reach | None
) -> None:
    """From any item on, in any encoding."""
    reading = read_file(document.encode(encoding), reach=reach, batch_rows=4)

    assert [(row["product_id"], row["title"]) for row in reading.good] == [
        (f"{item['id']}", item["title"]) for item in ITEMS
    ]
    assert reading.refused == []
    assert reading.batches >= 8


def test_numbers_are_taken_as_they_are_written() -> None:
    """A JSON number's decimal point is beyond doubt; a text's is not."""
    data = (
        b'[{"id":1,"title":"a","price":1.234},{"id":2,"title":"b","price":"1.234"},'
        b'{"id":3,"title":"c","price":1e2},{"id":4,"title":"d","price":-1},'
        b'{"id":5,"title":"e","price":NaN},{"id":12345678901234567890123,"title":"f"}]'
    )
    reading = read_file(data)

    assert [row["price"] for row in reading.good] == ["1.234", "100.00", ""]
    assert reading.good[-1]["product_id"] == "12345678901234567890123"
    assert reading.codes == [
        (2, "price-ambiguous"), (4, "price-invalid"), (5, "price-invalid"),
    ]  # fmt: skip


def test_nested_values_have_a_path() -> None:
    """Lists of texts are joined, and null is nothing."""
    item = {
        "sku": "A-1",
        "name": "Lamp",
        "price": {"value": 5, "currency": "USD"},
        "images": ["https://s.e/1.jpg", "https://s.e/2.jpg"],
        "available": True,
        "brand": None,
    }
    columns = {"price": "price.value", "currency": "price.currency"}

    product = read_file(json.dumps([item]).encode(), columns=columns).good[0]

    assert (product["price"], product["currency"]) == ("5.00", "USD")
    assert (product["image_link"], product["availability"]) == ("https://s.e/1.jpg", "in_stock")
    assert product["brand"] == ""


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        pytest.param('{"id": 2, "title": "b",}', "json-invalid", id="comma too many"),
        pytest.param('{"id": 2, "title": undefined}', "json-invalid", id="no json"),
        pytest.param("7", "row-not-object", id="number"),
        pytest.param('{"id": 2, "title": "\\ud800"}', "encoding-invalid", id="half a character"),
        pytest.param('{"id": 2, "title": "x\0"}', "nul-byte", id="nul"),
        pytest.param('{"id": 2, "title": "' + 'x\\"' * 400 + '"}', "row-too-long", id="long"),
        pytest.param('{"id": 2, "title": "' + "y" * 5_000 + '"}', "row-too-long", id="very long"),
        pytest.param(
            '{"id": 2, "title": ' + "[" * 100 + "]" * 100 + "}", "title-missing", id="deep"
        ),
    ],
)
@pytest.mark.parametrize("shape", ["array", "lines"])
def test_a_broken_item_is_refused_alone(bad: str, code: str, shape: str) -> None:
    """Where it is clear where it ends."""
    good = ['{"id": 1, "title": "a"}', '{"id": 3, "title": "c"}']
    rows = [good[0], bad, good[1]]
    data = "\n".join(rows) if shape == "lines" else f"[{','.join(rows)}]"
    format = "jsonl" if shape == "lines" else "json"

    reading = read_file(data.encode(), format=format, reach=SMALL, limits={"record": 400})

    assert reading.codes == [(2, code)]
    assert reading.ids == ["1", "3"]


def test_an_item_that_is_nested_without_end_is_refused_alone() -> None:
    """It cannot exhaust the stack."""
    deep = '{"id": 2, "title": ' + "[" * 100_000 + "]" * 100_000 + "}"

    reading = read_file(f'[{{"id":1,"title":"a"}},{deep},{{"id":3,"title":"c"}}]'.encode())

    assert reading.codes == [(2, "json-invalid")]
    assert reading.ids == ["1", "3"]


def test_invalid_bytes_cost_their_item_only() -> None:
    """Offsets stay right behind them."""
    data = '[{"id":1,"title":"é"},{"id":2,"title":"?"},{"id":3,"title":"ü"}]'.encode()

    reading = read_file(data.replace(b"?", b"\xe9"), batch_rows=1)

    assert reading.ids == ["1", "3"]
    assert reading.codes == [(2, "encoding-invalid")]


@pytest.mark.parametrize("data", [b"[]", b" [ ] ", b'{"products": [], "page": 1}'])
def test_an_empty_array_is_an_empty_table(data: bytes) -> None:
    """A shop without products is no error."""
    reading = read_file(data)

    assert (reading.good, reading.refused) == ([], [])


@pytest.mark.parametrize(
    ("name", "content_type", "format"),
    [
        pytest.param("x.json", "", Format.JSON, id="name"),
        pytest.param("x.jsonl", "", Format.JSON_LINES, id="other name"),
        pytest.param("", "application/x-ndjson", Format.JSON_LINES, id="content type"),
    ],
)
def test_where_the_content_leaves_it_open_the_name_decides(
    name: str, content_type: str, format: Format
) -> None:
    """One object can be a document with an array, or one line."""
    data = b'{"id": 1, "title": "a", "products": [{"id": 2, "title": "b"}]}'

    reading = read_file(data, name=name, content_type=content_type)

    assert reading.dialect.format == format
    assert reading.ids == ["2" if format is Format.JSON else "1"]


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text('ab"\\[]{},\n')),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=2), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(value=JSON_VALUES, size=st.integers(1, 5), closing=st.sampled_from([",", "]"]))
def test_the_end_of_a_value_is_found_from_pieces(value: object, size: int, closing: str) -> None:
    """Wherever the pieces are cut."""
    text = json.dumps(value).encode()
    rest = text + closing.encode() + b'{"more": "]"}'
    balance = Balance()
    for start in range(0, len(rest), size):
        end = balance.find_end(rest[start : start + size])
        if end >= 0:
            assert start + end == len(text)
            return
    raise AssertionError("no end was found")

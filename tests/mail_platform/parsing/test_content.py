"""Bad content: what it costs a row, and what it costs the file."""

import gzip
from typing import Any

import pytest
from tests.mail_platform.parsing.reading import read_file

from everloom.core import Invalid
from mail_platform.formats import FileUnreadable
from mail_platform.formats.window import Reach

HEADER = b"id,title,price,link\n"
SMALL = Reach(block=256, text=2_000, record=1_000)


def refusal_of(data: bytes, **request: Any) -> FileUnreadable:
    with pytest.raises(FileUnreadable) as raised:
        read_file(data, **request)
    assert isinstance(raised.value, Invalid)
    assert raised.value.hint
    return raised.value


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "file-empty", id="empty"),
        pytest.param(b"\xef\xbb\xbf \r\n\n", "file-empty", id="blank"),
        pytest.param(b"<!DOCTYPE html>\n<html><body>Sign in</body>", "file-is-html", id="html"),
        pytest.param(b"\n<!-- x --><HTML>", "file-is-html", id="html after a comment"),
        pytest.param(b'<?xml version="1.0"?><rss></rss>', "file-is-xml", id="xml"),
        pytest.param(gzip.compress(HEADER), "file-compressed", id="gzip within gzip"),
        pytest.param(b"PK\x03\x04\x14\x00[Content_Types].xml", "file-is-spreadsheet", id="xlsx"),
        pytest.param(b"PK\x03\x04\x14\x00products.csv", "file-compressed", id="zip"),
        pytest.param(b"%PDF-1.7 ...", "file-is-binary", id="pdf"),
        pytest.param(bytes(range(32)) * 50, "file-is-binary", id="binary"),
        pytest.param(b"\xff\xfe\x00\x00i\x00\x00\x00", "file-is-binary", id="utf-32"),
        pytest.param(b"id^title\n1^Lamp\n", "delimiter-unclear", id="unknown delimiter"),
        pytest.param(b"just some words\nand more\n", "delimiter-unclear", id="prose"),
        pytest.param(b"foo,bar\n1,2\n", "header-missing-columns", id="unknown columns"),
        pytest.param(b'{"total": 0, "page": {}}', "file-not-table", id="json without array"),
        pytest.param(b'[{"id":1,"title":"x"},{"id":2,', "json-broken", id="json cut off"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(data: bytes, code: str) -> None:
    """Each kind of file that cannot be read has a code and a hint of its own."""
    name = "x.json" if data.startswith(b"{") else ""

    assert refusal_of(data, name=name).code == code


@pytest.mark.parametrize(
    ("data", "format", "holds"),
    [
        pytest.param(b'[{"id": 1, "title": "x"}]', "csv", "JSON document", id="json as csv"),
        pytest.param(b'{"id": 1}\n{"id": 2}\n', "csv", "JSON Lines", id="json lines as csv"),
        pytest.param(b'{"id": 1}\n{"id": 2}\n', "json", "JSON Lines", id="json lines as json"),
        pytest.param(b"id,title\n1,x\n", "json", "no JSON", id="csv as json"),
        pytest.param(b"id,title\n1,x\n", "tsv", "cut by `,`", id="csv as tsv"),
    ],
)
def test_a_format_that_the_content_contradicts_is_refused(
    data: bytes, format: str, holds: str
) -> None:
    """Asking for a format never makes rows out of something else."""
    refused = refusal_of(data, format=format)

    assert refused.code == "format-contradicted"
    assert holds in refused.message


def test_missing_columns_are_named_with_those_that_were_found() -> None:
    """The message shows both sides, and the hint how to map them."""
    refused = refusal_of(b"nr,Naam\n1,Lamp\n")

    assert "`product_id`" in refused.message
    assert "`nr`, `Naam`" in refused.message
    assert "columns: {product_id:" in refused.hint


@pytest.mark.parametrize("data", [b"id,title\n", b"id;title", b"id\ttitle\r\n\r\n"])
def test_a_header_alone_is_an_empty_table(data: bytes) -> None:
    """A shop without products is no error."""
    reading = read_file(data)

    assert (reading.good, reading.refused, reading.batches) == ([], [], 1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("rows", [1, 3, 50_000])
def test_every_encoding_gives_the_same_rows(encoding: str, rows: int) -> None:
    """With a byte order mark or without, from any row on."""
    table = "id,title,price\n" + "".join(f"{n},Café {n} “naïf”,{n},50 €\n" for n in range(1, 9))
    data = table.replace(",50 €", ".50 €").encode(encoding)

    reading = read_file(data, batch_rows=rows)

    assert [row["title"] for row in reading.good] == [f"Café {n} “naïf”" for n in range(1, 9)]
    assert {row["currency"] for row in reading.good} == {"EUR"}
    assert reading.refused == []


def test_some_invalid_bytes_cost_their_rows_only() -> None:
    """A file that is UTF-8 in the main stays UTF-8."""
    data = HEADER + "1,Lämp,5,\n2,Fée,6,\n".encode() + b"3,F\xe9e,7,\n4,\xc3,8,\n5,ok,9,\n"

    reading = read_file(data)

    assert reading.dialect.encoding == "utf-8"
    assert reading.codes == [(4, "encoding-invalid"), (5, "encoding-invalid")]
    assert reading.ids == ["1", "2", "5"]


def test_a_character_without_meaning_in_windows_1252_costs_its_row_only() -> None:
    """Offsets stay right behind it."""
    reading = read_file(HEADER + b"1,F\xe9e,5,\n2,\x81,6,\n3,\xe8,7,\n", batch_rows=1)

    assert reading.dialect.encoding == "cp1252"
    assert reading.codes == [(3, "encoding-invalid")]
    assert reading.ids == ["1", "3"]


def test_half_a_character_at_the_end_costs_the_last_row_only() -> None:
    """A UTF-16 file whose last byte is missing."""
    reading = read_file("id,title\n1,a\n2,bc".encode("utf-16")[:-1])

    assert reading.ids == ["1"]
    assert reading.codes == [(3, "encoding-invalid")]


def test_nul_bytes_cost_their_row_only() -> None:
    """A NUL would end a text in most of what reads it later."""
    reading = read_file(HEADER + b"1,a\0,5,\n2,b,6,\n3,\0\0,7,\n")

    assert reading.codes == [(2, "nul-byte"), (4, "nul-byte")]
    assert reading.ids == ["2"]


@pytest.mark.parametrize(
    ("rows", "codes", "ids"),
    [
        pytest.param(b'1,"a,5,\n2,b,6,\n', [(2, "quotes-broken")], ["2"], id="never closed"),
        pytest.param(
            b'1,"a,5,\n2,b,6,\n3,"c, d",7,\n',
            [(2, "quotes-broken")],
            ["2", "3"],
            id="meets another",
        ),
        pytest.param(b'1,"a"b,5,\n2,b,6,\n', [(2, "quotes-broken")], ["2"], id="closed too early"),
        pytest.param(
            b'1,"a\nb,5,\n2,b,6,\n"3","c",7,\n',
            [(2, "quotes-broken"), (3, "row-fields")],
            ["2", "3"],
            id="over several lines",
        ),
        pytest.param(b'1,17" screen,5,\n', [], ["1"], id="an inch is no quote"),
        pytest.param(b'1, "a, b" ,5,\n', [], ["1"], id="space around quotes"),
    ],
)
def test_broken_quotes_cost_their_line_only(
    rows: bytes, codes: list[tuple[int, str]], ids: list[str]
) -> None:
    """Reading goes on with the next line, however far the quote would reach."""
    reading = read_file(HEADER + rows)

    assert reading.codes == codes
    assert reading.ids == ids


def test_a_quote_that_never_closes_does_not_swallow_the_file() -> None:
    """Thousands of rows behind it are read."""
    rows = b"".join(b"%d,Lamp,5,\n" % number for number in range(5_000))

    reading = read_file(HEADER + b'x,"Lamp,5,\n' + rows)

    assert reading.codes == [(2, "quotes-broken")]
    assert len(reading.good) == 5_000


@pytest.mark.parametrize("reach", [None, SMALL], ids=["in one window", "over many windows"])
def test_a_row_of_ten_megabytes_is_refused(reach: Reach | None) -> None:
    """It is passed over piece by piece, and the row behind it is read."""
    size = 10_000_000 if reach is None else 10_000
    data = HEADER + b"1,a,5,\n2," + b"x" * size + b",6,\n3,c,7,\n"

    reading = read_file(data, reach=reach, limits={"record": 1_000})

    assert reading.codes == [(3, "row-too-long")]
    assert len(reading.refused[0]["value"]) <= 80
    assert reading.ids == ["1", "3"]


def test_a_long_row_without_end_is_refused() -> None:
    """Also where the file ends with it."""
    reading = read_file(HEADER + b"1,a,5,\n2," + b"x" * 50_000, reach=SMALL)

    assert reading.codes == [(3, "row-too-long")]
    assert reading.ids == ["1"]


def test_a_wrong_number_of_fields_is_refused() -> None:
    """Except for empty fields behind the last column, which spreadsheets like to add."""
    reading = read_file(HEADER + b"1,a,5\n2,b,6,,,\n3,c,7,,x\n,,,\n\n4,d,8,\n")

    assert reading.codes == [(2, "row-fields"), (4, "row-fields")]
    assert "3 fields; the header has 4" in reading.refused[0]["reason"]
    assert reading.ids == ["2", "4"]


def test_of_rows_with_one_id_the_last_counts() -> None:
    """The others are refused and say which line replaced them."""
    reading = read_file(HEADER + b"1,a,5,\n2,b,6,\n1,c,,ftp://x\n1,d,7,\n1,e,8,\n")

    assert reading.codes == [(2, "duplicate-key"), (4, "url-invalid"), (5, "duplicate-key")]
    assert "line 6" in reading.refused[0]["reason"]
    assert [(row["product_id"], row["title"]) for row in reading.good] == [("2", "b"), ("1", "e")]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_lines_are_counted_as_an_editor_counts_them(newline: str) -> None:
    """Also behind line breaks inside quotes, and blank lines."""
    table = 'id,title,description\n1,a,"x\ny\n"\n2,,\n\n3,c,"p""q\nr"\n4,,\n5,e,'
    reading = read_file(table.replace("\n", newline).encode(), batch_rows=2)

    assert reading.codes == [(5, "title-missing"), (9, "title-missing")]
    assert [row["description"] for row in reading.good] == ["x\ny", 'p"q\nr', ""]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter: str) -> None:
    """By what makes a table, although other delimiters stand in the text."""
    rows = [
        ["id", "title", "description"],
        ["1", "a", '"one, two; three | four"'],
        ["2", "b", '"five, six, seven; eight"'],
    ]
    data = "\n".join(delimiter.join(row) for row in rows).encode()

    reading = read_file(data)

    assert reading.dialect.delimiter == delimiter
    assert reading.ids == ["1", "2"]


def test_excels_own_line_about_the_delimiter_is_believed() -> None:
    """And is no row."""
    reading = read_file(b"sep=;\r\nid;title\r\n1;a, b\r\n2;\r\n")

    assert [row["title"] for row in reading.good] == ["a, b"]
    assert reading.codes == [(4, "title-missing")]


def test_a_trial_reads_only_so_many_rows() -> None:
    """`limits.rows` counts good and refused rows."""
    data = HEADER + b"1,a,5,\n2,,6,\n\n3,c,7,\n4,d,8,\n"

    reading = read_file(data, limits={"rows": 3}, batch_rows=2)

    assert reading.ids == ["1", "3"]
    assert reading.codes == [(3, "title-missing")]

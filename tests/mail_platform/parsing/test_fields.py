"""What a field may hold, and what it is turned into."""

import pytest
from tests.mail_platform.parsing.reading import read_file, read_product, read_refusal


@pytest.mark.parametrize(
    ("written", "price", "currency"),
    [
        ("19.99 EUR", "19.99", "EUR"),
        ("EUR 19,99", "19.99", "EUR"),
        ("1.234,56", "1234.56", ""),
        ("1,234.56", "1234.56", ""),
        ("€ 5", "5.00", "EUR"),
        ("5€", "5.00", "EUR"),
        ("$1,299.00", "1299.00", "USD"),
        ("1 234,50", "1234.50", ""),
        ("1\u202f234,50 \u20ac", "1234.50", "EUR"),
        ("1'234.50 CHF", "1234.50", "CHF"),
        ("12,-", "12.00", ""),
        ("1.234.567", "1234567.00", ""),
        ("0.125", "0.125", ""),
        ("0007", "7.00", ""),
        (".5", "0.50", ""),
        ("12.34567", "12.3457", ""),
        ("129,90 zł", "129.90", "PLN"),
    ],
)
def test_a_price_is_read_as_people_write_it(written: str, price: str, currency: str) -> None:
    """Whatever separates thousands and names the currency."""
    product = read_product(price=written)

    assert (product["price"], product["currency"]) == (price, currency)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("-5", "price-invalid"),
        ("€ -5", "price-invalid"),
        ("free", "price-invalid"),
        ("1e3", "price-invalid"),
        ("nan", "price-invalid"),
        ("12.34.56", "price-invalid"),
        ("1,23,456", "price-invalid"),
        ("1000000000", "price-invalid"),
        ("EUR 5 USD", "price-invalid"),
        ("5 / 6", "price-invalid"),
        ("1.234", "price-ambiguous"),
        ("$1,299", "price-ambiguous"),
        ("5 XYZ", "currency-unknown"),
        ("kr 5", "currency-unknown"),
    ],
)
def test_what_is_no_price_is_refused(written: str, code: str) -> None:
    """With the file's own column and value."""
    refused = read_refusal(price=written)

    assert (refused["code"], refused["column"], refused["value"]) == (code, "price", written)


@pytest.mark.parametrize(
    ("decimal", "price"), [(".", "1.234"), (",", "1234.00")], ids=["point", "comma"]
)
def test_a_given_decimal_sign_settles_what_can_be_read_in_two_ways(
    decimal: str, price: str
) -> None:
    """And nothing is guessed."""
    reading = read_file(b"id;title;price\n1;a;1.234\n", decimal=decimal)

    assert reading.good[0]["price"] == price


def test_a_given_decimal_sign_refuses_what_contradicts_it() -> None:
    """`19,99` is no 1999."""
    reading = read_file(b"id;title;price\n1;a;19,99\n2;b;19.99\n", decimal=".")

    assert reading.codes == [(2, "price-invalid")]
    assert reading.ids == ["2"]


def test_the_rest_of_the_file_settles_what_can_be_read_in_two_ways() -> None:
    """Where other prices show their decimal sign beyond doubt."""
    comma = read_file(b"id;title;price\n1;a;1.234\n2;b;19,99\n")
    both = read_file(b"id;title;price\n1;a;1.234\n2;b;19,99\n3;c;19.99\n")

    assert [row["price"] for row in comma.good] == ["1234.00", "19.99"]
    assert both.codes == [(2, "price-ambiguous")]


def test_prices_without_currency_get_the_one_that_was_asked_for() -> None:
    """A currency in the price or in a column of its own goes before it."""
    data = b"id;title;price;currency\n1;a;5;\n2;b;5 USD;\n3;c;5;gbp\n4;d;5 USD;GBP\n5;e;;\n6;f;$5;CAD\n"

    reading = read_file(data, currency="EUR")

    currencies = {row["product_id"]: row["currency"] for row in reading.good}
    assert currencies == {"1": "EUR", "2": "USD", "3": "GBP", "5": "", "6": "CAD"}
    assert reading.codes == [(5, "currency-differs")]


@pytest.mark.parametrize(
    ("written", "availability"),
    [
        ("in stock", "in_stock"),
        ("In_Stock", "in_stock"),
        ("InStock", "in_stock"),
        ("https://schema.org/InStock", "in_stock"),
        ("1", "in_stock"),
        ("TRUE", "in_stock"),
        ("12", "in_stock"),
        ("op voorraad", "in_stock"),
        ("Verfügbar", "in_stock"),
        ("out-of-stock", "out_of_stock"),
        ("outofstock", "out_of_stock"),
        ("Épuisé", "out_of_stock"),
        ("0", "out_of_stock"),
        ("no", "out_of_stock"),
        ("Preorder", "preorder"),
        ("onbackorder", "backorder"),
        ("back order", "backorder"),
    ],
)
def test_availability_is_known_by_many_names(written: str, availability: str) -> None:
    """In the words of shops and in four languages."""
    assert read_product(availability=written)["availability"] == availability


def test_availability_follows_from_the_quantity_where_it_is_not_said() -> None:
    """What is oversold counts as none."""
    reading = read_file(
        b"id,title,stock,available\n1,a,3,\n2,b,0,\n3,c,-2,\n4,d,0,preorder\n5,e,,\n"
    )

    found = [(row["quantity"], row["availability"]) for row in reading.good]
    assert found == [
        ("3", "in_stock"), ("0", "out_of_stock"), ("0", "out_of_stock"), ("0", "preorder"), ("", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "written", "code"),
    [
        ("availability", "perhaps", "availability-unknown"),
        ("quantity", "a few", "quantity-invalid"),
        ("quantity", "1.5", "quantity-invalid"),
        ("link", "ftp://shop.example/1", "url-invalid"),
        ("link", "shop.example/1", "url-invalid"),
        ("link", "https://", "url-invalid"),
        ("link", "https://shop.example/a b", "url-invalid"),
        ("image_link", "javascript:alert(1)", "url-invalid"),
        ("gtin", "4006381333930", "gtin-invalid"),
        ("gtin", "4.00638E+12", "gtin-invalid"),
        ("gtin", "12345", "gtin-invalid"),
        ("currency", "EURO", "currency-unknown"),
        ("title", " \t ", "title-missing"),
        ("id", "", "id-missing"),
        ("id", "x" * 256, "text-too-long"),
        ("title", "x" * 1_001, "text-too-long"),
        ("description", "x" * 65_537, "text-too-long"),
        ("brand", "x" * 256, "text-too-long"),
        ("link", "https://a.b/" + "x" * 2_048, "text-too-long"),
    ],
)
def test_what_a_field_cannot_hold_is_refused(field: str, written: str, code: str) -> None:
    """With the column, and the value shortened to what a person can read."""
    refused = read_refusal(**{field: written})

    assert (refused["code"], refused["column"]) == (code, field)
    assert len(refused["value"]) <= 80


def test_texts_are_trimmed_and_freed_of_control_characters() -> None:
    """Lines stay lines in a description; HTML stays HTML."""
    product = read_product(
        title="  La\x1fmp\r\nwith\tshade\u00a0",
        description=" <p>One</p>\r\n\r\n<b>two</b>\x07 ",
        brand="\x7fLumen",
    )

    assert product["title"] == "Lamp with shade"
    assert product["description"] == "<p>One</p>\n\n<b>two</b>"
    assert product["brand"] == "Lumen"


@pytest.mark.parametrize(
    ("written", "gtin"),
    [
        ("4006381333931", "4006381333931"),
        ("4 006381 333931", "4006381333931"),
        ("'036000291452", "036000291452"),
        ("96385074", "96385074"),
        ("978-3-16-148410-0", "9783161484100"),
    ],
)
def test_a_gtin_is_known_by_its_check_digit(written: str, gtin: str) -> None:
    """However it is grouped."""
    assert read_product(gtin=written)["gtin"] == gtin


def test_of_several_images_the_first_counts() -> None:
    """A comma inside an address stays."""
    product = read_product(image_link="https://a.b/w_1,h_2/1.jpg, https://a.b/2.jpg")

    assert product["image_link"] == "https://a.b/w_1,h_2/1.jpg"

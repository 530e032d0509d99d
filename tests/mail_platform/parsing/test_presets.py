"""Which columns mean what."""

import csv
import io

import pytest
from tests.mail_platform.parsing.reading import read_file

from mail_platform.formats.errors import HeaderMissingColumns, MappingInvalid
from mail_platform.models import PRODUCT_COLUMNS

GOOGLE = """\
id\ttitle\tdescription\tlink\timage link\tavailability\tprice\tsale price\tbrand\tgtin\tgoogle product category
A-1\tLamp\tBright\thttps://s.e/1\thttps://s.e/1.jpg\tin_stock\t19.99 EUR\t15.00 EUR\tLumen\t4006381333931\tHome > Lamps
"""
WOOCOMMERCE = """\
ID,Type,SKU,Name,Published,Short description,Description,In stock?,Stock,Sale price,Regular price,Categories,Images,"GTIN, UPC, EAN, or ISBN",Brands
44,simple,A-1,Lamp,1,Short,Bright,1,3,15,19.99,Home > Lamps,"https://s.e/1.jpg, https://s.e/2.jpg",4006381333931,Lumen
45,variation,A-2,Lamp - Red,1,,,backorder,,,19.99,,,,
"""
SHOPIFY_COLUMNS: tuple[str, ...] = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Option1 Value", "Option2 Value", "Variant SKU",
    "Variant Inventory Qty", "Variant Price", "Variant Compare At Price", "Variant Barcode", "Image Src",
)  # fmt: skip


def shopify(*rows: dict[str, str]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, SHOPIFY_COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


LAMP = {
    "Handle": "lamp",
    "Title": "Lamp",
    "Body (HTML)": "<p>Bright</p>",
    "Vendor": "Lumen",
    "Type": "Lamps",
    "Option1 Value": "Red",
    "Variant SKU": "L-RED",
    "Variant Inventory Qty": "3",
    "Variant Price": "15.00",
    "Variant Compare At Price": "19.99",
    "Variant Barcode": "'4006381333931",
    "Image Src": "https://s.e/1.jpg",
}
BLUE = {
    "Handle": "lamp",
    "Option1 Value": "Blue",
    "Variant SKU": "L-BLUE",
    "Variant Inventory Qty": "0",
    "Variant Price": "19.99",
}
PICTURE = {"Handle": "lamp", "Image Src": "https://s.e/2.jpg"}


def test_a_google_merchant_feed_is_known_by_its_header() -> None:
    """With spaces or underscores in the names."""
    for data in (GOOGLE, GOOGLE.replace("image link", "Image_Link").replace("id\t", "g:id\t", 1)):
        reading = read_file(data.encode())

        assert reading.dialect.preset == "google-merchant"
        assert list(reading.good[0].values()) == [
            "A-1", "Lamp", "Bright", "https://s.e/1", "https://s.e/1.jpg", "19.99", "15.00", "EUR", "in_stock",
            "", "Lumen", "4006381333931", "Home > Lamps",
        ]  # fmt: skip


def test_a_woocommerce_export_is_known_by_its_header() -> None:
    """Of several images the first counts; stock says the availability in WooCommerce's way."""
    reading = read_file(WOOCOMMERCE.encode(), currency="EUR")

    assert reading.dialect.preset == "woocommerce"
    assert list(reading.good[0].values()) == [
        "44", "Lamp", "Bright", "", "https://s.e/1.jpg", "19.99", "15.00", "EUR", "in_stock", "3", "Lumen",
        "4006381333931", "Home > Lamps",
    ]  # fmt: skip
    assert reading.good[1]["availability"] == "backorder"


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 100])
def test_variants_of_a_shopify_export_take_over_from_the_first_row(batch_rows: int) -> None:
    """Also where a batch ends between them; rows with a further image are no products."""
    mug = {"Handle": "mug", "Title": "Mug", "Variant Price": "5.00"}
    reading = read_file(shopify(LAMP, PICTURE, BLUE, PICTURE, mug), batch_rows=batch_rows)

    assert reading.dialect.preset == "shopify"
    assert reading.ids == ["L-RED", "L-BLUE", "mug"]
    assert reading.refused == []
    red, blue, cup = reading.good
    assert (red["price"], red["sale_price"], red["gtin"]) == ("19.99", "15.00", "4006381333931")
    assert (blue["price"], blue["sale_price"]) == ("19.99", "")
    assert (blue["title"], blue["description"]) == ("Lamp", "<p>Bright</p>")
    assert (blue["brand"], blue["category"]) == ("Lumen", "Lamps")
    assert blue["image_link"] == "https://s.e/1.jpg"
    assert (red["availability"], blue["availability"]) == ("in_stock", "out_of_stock")
    assert (cup["description"], cup["brand"]) == ("", "")


def test_shopify_variants_without_sku_are_told_apart_by_their_options() -> None:
    """The first keeps the handle, which is unique in a shop."""
    bare = [{**row, "Variant SKU": ""} for row in (LAMP, BLUE)]

    assert read_file(shopify(*bare)).ids == ["lamp", "lamp/Blue"]


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("SKU;Product name;Price;Stock;EAN;Manufacturer;Category", id="english"),
        pytest.param("Artikelnummer;Naam;Prijs;Voorraad;EAN;Merk;Categorie", id="dutch"),
        pytest.param(
            "Référence;Désignation;Prix TTC;Quantité;Code barre;Marque;Catégorie", id="french"
        ),
        pytest.param(
            "Artikel-Nr.;Bezeichnung;Preis;Bestand;EAN;Hersteller;Warengruppe", id="german"
        ),
        pytest.param("product_id;title;price;quantity;gtin;brand;category", id="our own"),
    ],
)
def test_a_generic_table_is_understood_in_four_languages(header: str) -> None:
    """Case, accents and underscores do not count."""
    row = "A-1;Lamp;19,99;3;4006381333931;Lumen;Home"

    for names in (header, header.upper(), header.replace("_", " ")):
        reading = read_file(f"{names}\n{row}\n".encode())

        assert reading.dialect.preset == "generic"
        found = reading.good[0]
        assert [found[field] for field in ("product_id", "title", "price", "quantity")] == [
            "A-1", "Lamp", "19.99", "3",
        ]  # fmt: skip
        assert [found[field] for field in ("gtin", "brand", "category")] == [
            "4006381333931", "Lumen", "Home",
        ]  # fmt: skip


def test_an_own_mapping_goes_before_the_preset() -> None:
    """An empty column leaves a field out."""
    data = b"id,Nr,title,gtin\n1,A-1,Lamp,not a gtin\n"

    reading = read_file(data, columns={"product_id": " nr ", "gtin": ""})

    assert reading.ids == ["A-1"]
    assert reading.good[0]["gtin"] == ""
    assert reading.dialect.columns == {"product_id": "Nr", "title": "title"}


def test_a_mapping_to_a_column_that_is_not_there_is_refused() -> None:
    """With the nearest name."""
    with pytest.raises(MappingInvalid, match="'Titel'") as raised:
        read_file(b"id,Title\n", columns={"title": "Titel"})

    assert raised.value.hint == "Did you mean `Title`?"


def test_a_mapping_of_what_is_no_field_is_refused() -> None:
    """With the nearest field."""
    with pytest.raises(MappingInvalid, match="no field") as raised:
        read_file(b"id,title\n", columns={"prize": "id"})

    assert raised.value.hint == "Did you mean `price`?"


def test_a_preset_that_was_asked_for_is_not_doubted() -> None:
    """Its columns have to be there."""
    with pytest.raises(HeaderMissingColumns, match="`title`"):
        read_file(b"id,naam\n1,Lamp\n", preset="google-merchant")


def test_every_product_column_has_a_name_in_the_generic_preset() -> None:
    """So our own exports can be read again."""
    reading = read_file(",".join(PRODUCT_COLUMNS).encode(), preset="generic")

    assert reading.dialect.columns == {column: column for column in PRODUCT_COLUMNS}

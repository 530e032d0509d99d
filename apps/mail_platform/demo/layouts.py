"""The demo products in each preset's columns, with a few rows that are wrong on purpose. Pure."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from .catalogue import DemoProduct, make_products

PRODUCTS = 10_000
_SHOP = "https://shop.example"
Row = dict[str, str]


@dataclass(frozen=True)
class Layout:
    """One file."""

    name: str
    rows: Callable[[DemoProduct], Iterator[Row]]
    fields: Row
    """Our names of the fields that are going to be spoiled, and the columns they have here."""

    delimiter: str = ","


def _google(product: DemoProduct) -> Iterator[Row]:
    in_stock = "in_stock" if product.quantity else "out_of_stock"
    yield {
        "id": product.sku,
        "title": product.title,
        "description": product.description,
        "link": f"{_SHOP}/p/{product.sku.lower()}",
        "image_link": f"{_SHOP}/i/{product.sku.lower()}.jpg",
        "availability": "preorder" if product.number % 97 == 0 else in_stock,
        "price": f"{product.price:.2f} EUR",
        "sale_price": f"{product.sale_price} EUR" if product.sale_price else "",
        "brand": product.brand,
        "gtin": product.gtin,
        "google_product_category": product.category,
        "condition": "new",
    }


def _shopify(product: DemoProduct) -> Iterator[Row]:
    first = product.first
    row = {
        "Handle": product.handle,
        "Title": product.name if first else "",
        "Body (HTML)": product.description if first else "",
        "Vendor": product.brand if first else "",
        "Product Category": product.category if first else "",
        "Published": "true" if first else "",
        "Option1 Name": "Colour" if first else "",
        "Option1 Value": product.colour,
        "Variant SKU": product.sku,
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": f"{product.quantity}",
        "Variant Inventory Policy": "deny",
        "Variant Price": f"{product.sale_price or product.price:.2f}",
        "Variant Compare At Price": f"{product.price:.2f}" if product.sale_price else "",
        "Variant Barcode": f"'{product.gtin}",
        "Image Src": f"{_SHOP}/i/{product.handle}.jpg" if first else "",
        "Status": "active" if first else "",
    }
    yield row
    if first and product.number % 5 == 0:
        further = f"{_SHOP}/i/{product.handle}-2.jpg"
        yield dict.fromkeys(row, "") | {"Handle": product.handle, "Image Src": further}


def _woocommerce(product: DemoProduct) -> Iterator[Row]:
    image = f"{_SHOP}/i/{product.sku.lower()}"
    yield {
        "ID": f"{product.number + 1000}",
        "Type": "simple",
        "SKU": product.sku,
        "Name": product.title,
        "Published": "1",
        "Short description": "",
        "Description": product.description,
        "In stock?": "1" if product.quantity else "backorder" if product.number % 3 == 0 else "0",
        "Stock": f"{product.quantity}",
        "Sale price": f"{product.sale_price or ''}",
        "Regular price": f"{product.price:.2f}",
        "Categories": product.category,
        "Images": f"{image}.jpg, {image}-2.jpg" if product.number % 5 == 0 else f"{image}.jpg",
        "GTIN, UPC, EAN, or ISBN": product.gtin,
        "Brands": product.brand,
    }


def _generic(product: DemoProduct) -> Iterator[Row]:
    yield {
        "Artikelnummer": product.sku,
        "Naam": product.title,
        "Omschrijving": product.description,
        "URL": f"{_SHOP}/p/{product.sku.lower()}",
        "Afbeelding": f"{_SHOP}/i/{product.sku.lower()}.jpg",
        "Prijs": _dutch(f"{product.price:,.2f}"),
        "Actieprijs": _dutch(f"{product.sale_price:,.2f}") if product.sale_price else "",
        "Valuta": "EUR",
        "Voorraad": f"{product.quantity}",
        "Merk": product.brand,
        "EAN": product.gtin,
        "Categorie": product.category,
    }


def _dutch(number: str) -> str:
    return number.translate(str.maketrans(",.", ".,"))


LAYOUTS = (
    Layout(
        "products-google.csv",
        _google,
        {"title": "title", "price": "price", "gtin": "gtin", "image": "image_link"},
    ),
    Layout(
        "products-shopify.csv",
        _shopify,
        {
            "title": "Title",
            "price": "Variant Price",
            "gtin": "Variant Barcode",
            "image": "Image Src",
        },
    ),
    Layout(
        "products-woocommerce.csv",
        _woocommerce,
        {
            "title": "Name",
            "price": "Regular price",
            "gtin": "GTIN, UPC, EAN, or ISBN",
            "image": "Images",
        },
    ),
    Layout(
        "products-generic.csv",
        _generic,
        {"title": "Naam", "price": "Prijs", "gtin": "EAN", "image": "Afbeelding"},
        delimiter=";",
    ),
)

_SPOILED = (
    # Field, and what stands there instead; very often where it ends with `+`.
    ("title", ""),
    ("price", "on request"),
    ("gtin", "8719000000000"),
    ("image", "shop.example/i/1.jpg"),
    ("price", "-12.50"),
    ("title", "Limited! +"),
    ("price", "12,50,00"),
    ("gtin", "8.719E+12"),
    ("image", "https://shop.example/i/my picture.jpg"),
    ("price", "99999999999.95"),
)
_VERY_OFTEN = 200
_BAD = len(_SPOILED) + 2


def write_layout(layout: Layout, count: int = PRODUCTS) -> bytes:
    """The file as CSV: good rows, and twelve that are refused."""
    buffer = io.StringIO()
    columns = list(next(layout.rows(next(make_products(1)))))
    writer = csv.DictWriter(buffer, columns, delimiter=layout.delimiter, lineterminator="\r\n")
    writer.writeheader()
    bad = 0
    for product in make_products(count):
        # Between two things, never among the colours of one.
        if product.first and bad < _BAD and product.number >= (bad + 1) * count // (_BAD + 1):
            buffer.write(_bad_line(layout, product, bad))
            bad += 1
        for row in layout.rows(product):
            writer.writerow(row)
    return buffer.getvalue().encode()


def _bad_line(layout: Layout, product: DemoProduct, bad: int) -> str:
    """A row like the product's under another id, wrong in the way of its number."""
    wrong = replace(product, sku=f"{product.sku}-X", handle=f"{product.handle}-x")
    if bad >= len(_SPOILED):
        rest = '"A quote that is never closed' if bad == len(_SPOILED) else "too few fields"
        return f"{wrong.sku}{layout.delimiter}{rest}\r\n"
    field, value = _SPOILED[bad]
    spoiled = value[:-1] * _VERY_OFTEN if value.endswith("+") else value
    row = {**next(layout.rows(wrong)), layout.fields[field]: spoiled}
    line = io.StringIO()
    csv.writer(line, delimiter=layout.delimiter, lineterminator="\r\n").writerow(row.values())
    return line.getvalue()

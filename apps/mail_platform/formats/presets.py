"""Which columns mean what, for the files that shops export. Data only: names in order of preference.

Names are compared folded: without case, accents, and the difference between `_`, `-` and space.
"""

from dataclasses import dataclass

from .prices import Sign


@dataclass(frozen=True)
class Preset:
    """The columns of one kind of file."""

    name: str
    columns: dict[str, str]
    """Our field to the names its column has in such files, separated by `; `."""

    signatures: tuple[str, ...] = ()
    """A header that holds all names of one of these belongs to such a file."""

    decimal: Sign = ""
    """Decimal sign these files are specified to have."""


SHOPIFY = Preset(
    name="shopify",
    signatures=("handle; variant price", "url handle; price; option1 value"),
    decimal=".",
    columns={
        "handle": "handle; url handle",
        "sku": "variant sku; sku",
        "option1": "option1 value",
        "option2": "option2 value",
        "option3": "option3 value",
        "title": "title",
        "description": "body (html); description",
        "price": "variant price; price",
        "compare_at": "variant compare at price; compare at price",
        "quantity": "variant inventory qty; inventory quantity",
        "brand": "vendor",
        "image_link": "image src; product image url",
        "gtin": "variant barcode; barcode",
        "category": "product category; type",
        "link": "link; url",
        "currency": "currency",
    },
)

WOOCOMMERCE = Preset(
    name="woocommerce",
    signatures=("id; name; regular price", "sku; name; regular price; in stock?"),
    decimal=".",
    columns={
        "product_id": "id; sku",
        "title": "name",
        "description": "description; short description",
        "link": "permalink; product url; external url",
        "image_link": "images; image",
        "price": "regular price",
        "sale_price": "sale price",
        "availability": "in stock?; stock status",
        "quantity": "stock; stock quantity",
        "brand": "brands; brand",
        "gtin": "gtin, upc, ean, or isbn; gtin; ean; global unique id",
        "category": "categories; category",
        "currency": "currency",
    },
)

GOOGLE_MERCHANT = Preset(
    name="google-merchant",
    signatures=(
        "id; title; image link; availability",
        "id; title; link; price; availability",
        "id; title; google product category",
    ),
    decimal=".",
    columns={
        "product_id": "id",
        "title": "title",
        "description": "description",
        "link": "link",
        "image_link": "image link",
        "price": "price",
        "sale_price": "sale price",
        "availability": "availability",
        "quantity": "quantity; inventory; sell on google quantity",
        "brand": "brand",
        "gtin": "gtin",
        "category": "google product category; product type",
        "currency": "currency",
    },
)

GENERIC = Preset(
    name="generic",
    columns={
        "product_id": "product id; productid; id; sku; item id; item number; article number; articlenumber; "
        "product code; productcode; code; artikelnummer; artikelnr; artikelcode; artikel id; productnummer; "
        "reference; ref; reference produit; identifiant; numero d'article; artikel nr; artikel nr.; "
        "produktnummer; produkt id; produktcode; bestellnummer",
        "title": "title; name; product name; productname; product title; item name; titel; naam; productnaam; "
        "artikelnaam; producttitel; nom; titre; nom du produit; designation; libelle; produktname; "
        "artikelname; bezeichnung; artikelbezeichnung; produktbezeichnung",
        "description": "description; long description; product description; short description; body; "
        "omschrijving; beschrijving; productomschrijving; description du produit; beschreibung; "
        "produktbeschreibung; artikelbeschreibung",
        "link": "link; url; product url; product link; permalink; deeplink; productlink; product pagina; "
        "lien; lien produit; url produit; produktlink; produkt url",
        "image_link": "image link; image; image url; images; picture; photo; img; afbeelding; "
        "afbeelding url; afbeeldingslink; foto; lien image; url image; bild; bildlink; bild url; bilder",
        "price": "price; regular price; unit price; list price; prijs; verkoopprijs; adviesprijs; prix; "
        "prix ttc; prix de vente; preis; verkaufspreis; bruttopreis; vk",
        "sale_price": "sale price; special price; discount price; offer price; actieprijs; aanbiedingsprijs; "
        "prix promotionnel; prix promo; prix solde; aktionspreis; angebotspreis; sonderpreis",
        "currency": "currency; currency code; valuta; munteenheid; devise; monnaie; wahrung",
        "availability": "availability; available; in stock; in stock?; stock status; beschikbaarheid; "
        "voorraadstatus; op voorraad; disponibilite; verfugbarkeit; lieferbarkeit; lagerstatus",
        "quantity": "quantity; qty; stock; stock quantity; inventory; inventory qty; voorraad; aantal; "
        "quantite; bestand; lagerbestand; menge",
        "brand": "brand; manufacturer; vendor; make; merk; fabrikant; marque; fabricant; marke; hersteller",
        "gtin": "gtin; ean; ean13; ean code; upc; barcode; isbn; gtin13; streepjescode; code barre; "
        "code barres; strichcode",
        "category": "category; categories; product type; product category; google product category; type; "
        "categorie; productgroep; rubriek; categorie de produit; kategorie; warengruppe; produktgruppe",
    },
)

PRESETS = (SHOPIFY, WOOCOMMERCE, GOOGLE_MERCHANT, GENERIC)
"""In the order in which their signatures are looked for."""

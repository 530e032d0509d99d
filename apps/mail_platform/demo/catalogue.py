"""An invented shop: about ten thousand products, always the same ones. Pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_SEED = 20261121

_BRANDS = (
    "Lumen & Co", "Noordlicht", "Hearth", "Veldkamp", "Juniper Works", "Oak & Ash", "Tinder", "Bries", "Halden",
    "Maison Clair", "Fjellhus", "Kiln Studio", "Polder", "Quill", "Sørby", "Atelier Bleu", "Werkstatt 9", "Tern",
)  # fmt: skip
_SERIES = (
    "Alba", "Birk", "Cove", "Dune", "Elm", "Fjord", "Glade", "Haven", "Isle", "Juno", "Kelp", "Linn", "Moss", "Nova",
    "Opal", "Pine", "Reed", "Skye", "Tide", "Vale", "Wren", "Yarrow",
)  # fmt: skip
_THINGS = (
    # English, Dutch, category, cheapest and dearest price
    ("table lamp", "tafellamp", "Home > Lighting > Lamps", 25, 180),
    ("floor lamp", "vloerlamp", "Home > Lighting > Lamps", 60, 420),
    ("pendant light", "hanglamp", "Home > Lighting > Ceiling", 40, 360),
    ("dining chair", "eetkamerstoel", "Home > Furniture > Chairs", 70, 390),
    ("side table", "bijzettafel", "Home > Furniture > Tables", 50, 480),
    ("bookcase", "boekenkast", "Home > Furniture > Storage", 90, 1250),
    ("storage basket", "opbergmand", "Home > Storage > Baskets", 8, 60),
    ("wool throw", "wollen plaid", "Home > Textiles > Throws", 30, 160),
    ("linen cushion", "linnen kussen", "Home > Textiles > Cushions", 15, 75),
    ("bath towel", "badhanddoek", "Home > Bath > Towels", 6, 40),
    ("soup bowl", "soepkom", "Kitchen > Tableware > Bowls", 5, 28),
    ("dinner plate", "dinerbord", "Kitchen > Tableware > Plates", 6, 35),
    ("espresso cup", "espressokopje", "Kitchen > Tableware > Cups", 4, 22),
    ("cast iron pan", "gietijzeren pan", "Kitchen > Cookware > Pans", 35, 240),
    ("chef's knife", "koksmes", "Kitchen > Cookware > Knives", 20, 210),
    ("cutting board", "snijplank", "Kitchen > Cookware > Boards", 12, 95),
    ("watering can", "gieter", "Garden > Tools > Watering", 10, 70),
    ("garden shears", "tuinschaar", "Garden > Tools > Cutting", 12, 80),
    ("plant pot", "bloempot", "Garden > Pots", 4, 110),
    ("garden bench", "tuinbank", "Garden > Furniture", 120, 890),
    ("desk organiser", "bureau-organizer", "Office > Desk", 9, 65),
    ("notebook", "notitieboek", "Office > Paper", 3, 32),
    ("fountain pen", "vulpen", "Office > Writing", 12, 260),
    ("17\" laptop sleeve", "17\" laptophoes", "Office > Bags", 18, 95),
)  # fmt: skip
_COLOURS = (
    ("black", "zwart"), ("white", "wit"), ("oak", "eiken"), ("walnut", "noten"), ("sage", "saliegroen"),
    ("sand", "zandkleur"), ("rust", "roestbruin"), ("ocean blue", "oceaanblauw"), ("brass", "messing"),
)  # fmt: skip
_ENGLISH = (
    "Made to last, and easy to repair.", "Designed in our own workshop.", "Looks good in small rooms.",
    "Wipe clean with a damp cloth.", "Comes in a box without plastic.", "A classic, in a new colour.",
    "Each piece is slightly different.", "Two years of guarantee.", "Only while stocks last.",
)  # fmt: skip
_DUTCH = (
    "Gemaakt om lang mee te gaan.", "Ontworpen in ons eigen atelier.", "Staat mooi in kleine kamers.",
    "Afneembaar met een vochtige doek.", "Komt in een doos zonder plastic.", "Een klassieker in een nieuwe kleur.",
    "Elk stuk is net iets anders.", "Twee jaar garantie.", "Zolang de voorraad strekt.",
)  # fmt: skip


@dataclass(frozen=True)
class DemoProduct:
    """One product in one colour."""

    number: int
    sku: str
    handle: str
    """Shared by the colours of one thing."""

    first: bool
    """The first colour of its thing."""

    name: str
    colour: str
    description: str
    brand: str
    category: str
    price: Decimal
    sale_price: Decimal | None
    quantity: int
    gtin: str

    @property
    def title(self) -> str:
        """Name and colour."""
        return f"{self.name}, {self.colour}"


def make_products(count: int) -> Iterator[DemoProduct]:
    """So many products, the same ones each time."""
    chance = random.Random(_SEED)  # noqa: S311 - the same goods each time is the point
    number = 0
    while number < count:
        for product in _make_colours(chance, number):
            if number < count:
                yield product
            number += 1


def _make_colours(chance: random.Random, number: int) -> Iterator[DemoProduct]:
    english, dutch, category, cheapest, dearest = chance.choice(_THINGS)
    brand, series = chance.choice(_BRANDS), chance.choice(_SERIES)
    in_dutch = chance.random() < 0.4
    thing = dutch if in_dutch else english
    sentences = chance.sample(_DUTCH if in_dutch else _ENGLISH, 2)
    price = Decimal(chance.randrange(cheapest * 2, dearest * 2)) / 2 + Decimal("0.45")
    on_sale = chance.random() < 0.15
    name = f"{brand} {series} {thing}"
    for place, colour in enumerate(chance.sample(_COLOURS, chance.randrange(1, 5))):
        yield DemoProduct(
            number=number + place,
            sku=f"{series[:2].upper()}{thing[0].upper()}-{number + place:05d}",
            handle=f"{series.lower()}-{number:05d}",
            first=place == 0,
            name=name,
            colour=colour[1] if in_dutch else colour[0],
            description=f"<p>{name}. {sentences[0]}</p><p>{sentences[1]}</p>",
            brand=brand,
            category=category,
            price=price,
            sale_price=(price * Decimal("0.8")).quantize(Decimal("0.01")) if on_sale else None,
            quantity=max(0, chance.randrange(-15, 120)),
            gtin=_gtin(f"8719{chance.randrange(10**8):08d}"),
        )


def _gtin(digits: str) -> str:
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"

# ruff: noqa: INP001 - a folder of examples, no package
"""The Python that `document-classification` calls: an activity like any other."""

from pydantic import BaseModel

from everloom.authoring import activity_type

WORDS = {
    "invoice": ("invoice", "pay", "euro", "amount"),
    "contract": ("contract", "party", "agree", "sign"),
    "letter": ("dear", "regards", "sincerely"),
}


class Document(BaseModel):
    """What is classified."""

    text: str


class Verdict(BaseModel):
    """What it is, and how sure that is."""

    label: str
    confidence: float


@activity_type(name="archive.classify")
async def classify(document: Document) -> Verdict:
    """Tell what a document is, by its words. A model would be asked here."""
    text = document.text.lower()
    found = {label: sum(word in text for word in words) for label, words in WORDS.items()}
    label = max(found, key=lambda each: found[each])
    return Verdict(label=label, confidence=found[label] / len(WORDS[label]))

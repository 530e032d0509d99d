"""What a product import takes, passes on between its activities, and reports.

Everything here travels through Temporal as JSON, so it stays small: rows travel through the object
store, and only their keys and counts travel here. Light: pydantic and the standard library only.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ByteSize, ConfigDict, Field, PositiveInt

from everloom.core import Duration


class Shape(BaseModel):
    """Base of everything below: unknown fields are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Format(StrEnum):
    """How rows are written. Compression with gzip is found out from the content."""

    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    JSON_LINES = "jsonl"


class Mode(StrEnum):
    """What an import does to products that the file does not hold."""

    UPSERT = "upsert"
    MIRROR = "mirror"


class UrlSource(Shape):
    """A file that is fetched over HTTP."""

    url: str
    """`http://` or `https://`; private addresses are refused unless the settings allow them."""


class ObjectSource(Shape):
    """A file that lies in the object store already, for example one uploaded through the API."""

    object: str
    """Its key; only keys below `uploads/` are accepted."""


class FileSource(Shape):
    """A file in one of the folders that the settings name as feed folders."""

    file: str
    """Path, relative to one of `apps.mail_platform.feed_folders`."""


class Limits(Shape):
    """When an import gives up."""

    size: ByteSize = ByteSize(4 * 1024**3)
    """Largest file, counted after decompression."""

    record: ByteSize = ByteSize(1024**2)
    """Largest single row; more than 8 MiB are never accepted."""

    rows: PositiveInt | None = None
    """Read only so many rows, for a trial."""

    refused: PositiveInt = 10_000
    """With more refused rows than this the import stops: the file is not what it was taken for."""


class RowProblem(Shape):
    """Why one row was refused."""

    line: int
    """Line of the file where the row begins, from 1; for JSON the item's number."""

    column: str = ""
    """The file's own name of the column; empty when the whole row is meant."""

    value: str = ""
    """What was found there, shortened to 80 characters."""

    code: str
    """`price-invalid`, `title-missing`, `duplicate-key`, ..."""

    reason: str
    """One sentence for a person."""


class DownloadRequest(Shape):
    """Bring the file into the object store."""

    import_id: str
    source: UrlSource | ObjectSource | FileSource
    limits: Limits


class Download(Shape):
    """A file in the object store, decompressed, in parts of equal size but the last."""

    prefix: str
    """Parts are `{prefix}/00000`, `{prefix}/00001`, ..."""

    parts: int
    part_size: int
    """Bytes in every part but the last."""

    size: int
    """Bytes in all, decompressed."""

    sha256: str
    """Checksum of the bytes as they came (before decompression)."""

    name: str
    """File name as far as it is known, for finding out the format."""

    content_type: str = ""
    resumed: int = 0
    """How many times the transfer went on after an interruption."""


class Dialect(Shape):
    """What was found out about the file from its beginning; the same for all batches."""

    format: Format
    encoding: str
    """Python codec name, without byte order mark: `utf-8`, `utf-16-le`, `cp1252`."""

    delimiter: str = ""
    preset: str
    columns: dict[str, str]
    """Our field to the file's column, as it will be read."""

    header: tuple[str, ...] = ()
    """The file's columns in order (CSV and TSV)."""

    newline: Literal["\n", "\r"] = "\n"
    """What ends a line; `\\n` also where `\\r\\n` does."""

    decimal: Literal[".", ",", ""] = ""
    """Decimal sign of numbers that can be read in two ways, such as `1.234`. Empty: not known."""


class Cursor(Shape):
    """Where in the decompressed file the next batch begins: always the start of a row."""

    offset: int = 0
    line: int = 1
    """Line number at `offset` (for JSON: item number)."""

    batch: int = 0
    """Number of the batch that begins here."""

    rows: int = 0
    """Rows read before here."""

    inherited: dict[str, str] = {}
    """What the rows of a product that began before here take over from its first row (Shopify)."""


class Counts(Shape):
    """What happened to rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    deactivated: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            created=self.created + other.created,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            refused=self.refused + other.refused,
            deactivated=self.deactivated + other.deactivated,
        )


class ImportState(Shape):
    """What an import has done so far; a continued run begins with it."""

    import_id: str
    """Name of this import in the object store and in the store's ledger: unlike the workflow id it
    is never used twice."""

    started_at: datetime
    download: Download | None = None
    dialect: Dialect | None = None
    cursor: Cursor | None = Cursor()
    """Where the next batch begins; None when all is read."""

    rows: int = 0
    """Rows read, good and refused."""

    counts: Counts = Counts()
    batches: int = 0
    problems: tuple[RowProblem, ...] = ()
    """The first twenty."""

    refused_keys: tuple[str, ...] = ()


class ImportRequest(Shape):
    """One product import."""

    source: UrlSource | ObjectSource | FileSource
    """Where the file is."""

    feed: str = Field(default="default", pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    """Name of the feed. Products belong to the feed that brought them; mirror compares within it."""

    format: Format | None = None
    """None: found out from name, content type and content."""

    preset: Literal["google-merchant", "shopify", "woocommerce", "generic"] | None = None
    """Which columns mean what. None: the preset whose columns fit the header best."""

    columns: dict[str, str] = {}
    """Own mapping, over the preset: our field to the file's column."""

    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    """ISO 4217 code for prices that carry none."""

    decimal: Literal[".", ","] | None = None
    """Decimal sign of numbers. None: found out for each number where it is beyond doubt."""

    mode: Mode = Mode.UPSERT
    """Mirror: products of this feed that the file does not hold become inactive."""

    dry_run: bool = False
    """Read and compare everything, write nothing."""

    limits: Limits = Limits()
    """When the import gives up."""

    batch_rows: PositiveInt = 50_000
    """Rows parsed and stored at once; at most this much is repeated after a crash."""

    notify: bool = True
    """Tell the administrators named in the settings how it ended."""

    resume: ImportState | None = None
    """Set by the import itself when its history grows long; leave it out."""


class ParseRequest(Shape):
    """Parse one batch."""

    import_id: str
    request: ImportRequest
    download: Download
    cursor: Cursor
    dialect: Dialect | None = None
    """None for the first batch, which finds it out."""


class ParsedBatch(Shape):
    """One batch of rows, normalised, in the object store."""

    batch: int
    key: str
    """Object with the good rows: CSV in UTF-8, no header, columns `PRODUCT_COLUMNS`
    in order, an empty field is null. Each product id once. Empty when there are no good rows."""

    rows: int
    """Good rows in that object."""

    refused: int
    refused_key: str
    """Object with the refused rows as CSV without header: line, column, value, code, reason. Empty
    when none."""

    problems: tuple[RowProblem, ...] = ()
    """The first few of them."""

    dialect: Dialect
    next: Cursor | None
    """Where the next batch begins; None at the end of the file."""

    progress: float
    """Share of the file that is read, 0 to 1."""


class UpsertRequest(Shape):
    """Store one batch."""

    import_id: str
    feed: str
    batch: int
    key: str
    rows: int
    mirror: bool
    dry_run: bool


class FinishRequest(Shape):
    """Bring an import to its end: mirror, refused rows as one file, clean-up."""

    import_id: str
    feed: str
    mirror: bool
    dry_run: bool
    refused_keys: tuple[str, ...]
    upload: str = ""
    """Uploaded object that is not needed any more; empty when there is none, or it is kept."""


class Finish(Shape):
    """What finishing did."""

    deactivated: int
    refused_key: str
    """Object with all refused rows as CSV with header; empty when none."""


Outcome = Literal["completed", "cancelled", "failed"]
"""How an import ended."""


class ImportProgress(Shape):
    """How far an import has come."""

    stage: Literal["waiting", "downloading", "importing", "finishing", "done"] = "waiting"
    share: float = 0.0
    """Of the file, 0 to 1."""

    rows: int = 0
    """Rows read so far."""

    counts: Counts = Counts()
    batches: int = 0
    """Batches stored so far."""


class ImportReport(Shape):
    """How an import ended."""

    import_id: str
    feed: str
    status: Outcome = "completed"
    dry_run: bool
    mode: Mode
    format: Format | None
    preset: str
    bytes: int
    sha256: str
    rows: int
    counts: Counts
    started_at: datetime
    duration: Duration = timedelta(0)
    rows_per_second: float
    problems: tuple[RowProblem, ...] = ()
    """The first twenty."""

    refused_key: str = ""
    """Object with all refused rows as CSV with reasons; empty when none."""
    error: str = ""
    """Why it failed; empty when it did not."""

    notified: tuple[str, ...] = ()
    """Where notice of the end was accepted: `smtp`, `webhook`."""


class Notice(Shape):
    """What the administrators are told."""

    import_id: str
    feed: str
    outcome: Outcome
    summary: str
    report: ImportReport | None = None
    error: str = ""


PRODUCT_COLUMNS = (
    "product_id",
    "title",
    "description",
    "link",
    "image_link",
    "price",
    "sale_price",
    "currency",
    "availability",
    "quantity",
    "brand",
    "gtin",
    "category",
)
"""Columns of a product in normalised files and in the table, in this order.

Text but for: `price` and `sale_price` (decimal with up to 4 places, plain notation), `quantity` (whole
number), `availability` (`in_stock`, `out_of_stock`, `preorder`, `backorder`), `currency` (ISO 4217).
`product_id`, `title` are never null.
"""

"""Why a whole file is refused. A single bad row is no error: it is collected as a `RowProblem`."""

from everloom.core import Invalid


class FileRefused(Invalid):
    """Base of all below: no row of this file can be read as it is."""

    code = "file-refused"


class FileEmpty(FileRefused):
    """There is nothing in it."""

    code = "file-empty"


class FileIsHtml(FileRefused):
    """A web page came instead of a product file."""

    code = "file-is-html"


class FileIsXml(FileRefused):
    """An XML feed: not supported."""

    code = "file-is-xml"


class FileCompressed(FileRefused):
    """It is still compressed, or packed twice."""

    code = "file-compressed"


class FileIsSpreadsheet(FileRefused):
    """An Excel or OpenDocument workbook."""

    code = "file-is-spreadsheet"


class FileIsBinary(FileRefused):
    """It is no text."""

    code = "file-is-binary"


class FormatContradicted(FileRefused):
    """It is not in the format that was asked for."""

    code = "format-contradicted"


class DelimiterUnclear(FileRefused):
    """No delimiter cuts its first rows into columns."""

    code = "delimiter-unclear"


class FileNotTable(FileRefused):
    """JSON without an array of objects."""

    code = "file-not-table"


class JsonBroken(FileRefused):
    """A JSON document that stops being JSON, so that nothing behind that place can be trusted."""

    code = "json-broken"


class HeaderMissingColumns(FileRefused):
    """A column without which no product can be made is not there."""

    code = "header-missing-columns"


class MappingInvalid(FileRefused):
    """The own column mapping names a field or a column that does not exist."""

    code = "mapping-invalid"

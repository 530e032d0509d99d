"""Why a whole file is refused. A single bad row is no error: it is collected as a `RowProblem`."""

from everloom.core import Invalid


class FileUnreadable(Invalid):
    """Base of all below: no row of this file can be read as it is."""

    code = "file-unreadable"


class FileEmpty(FileUnreadable):
    """There is nothing in it."""

    code = "file-empty"


class FileIsHtml(FileUnreadable):
    """A web page came instead of a product file."""

    code = "file-is-html"


class FileIsXml(FileUnreadable):
    """An XML feed: not supported."""

    code = "file-is-xml"


class FileCompressed(FileUnreadable):
    """It is still compressed, or packed twice."""

    code = "file-compressed"


class FileIsSpreadsheet(FileUnreadable):
    """An Excel or OpenDocument workbook."""

    code = "file-is-spreadsheet"


class FileIsBinary(FileUnreadable):
    """It is no text."""

    code = "file-is-binary"


class FormatContradicted(FileUnreadable):
    """It is not in the format that was asked for."""

    code = "format-contradicted"


class DelimiterUnclear(FileUnreadable):
    """No delimiter cuts its first rows into columns."""

    code = "delimiter-unclear"


class FileNotTable(FileUnreadable):
    """JSON without an array of objects."""

    code = "file-not-table"


class JsonBroken(FileUnreadable):
    """A JSON document that stops being JSON, so that nothing behind that place can be trusted."""

    code = "json-broken"


class HeaderMissingColumns(FileUnreadable):
    """A column without which no product can be made is not there."""

    code = "header-missing-columns"


class MappingInvalid(FileUnreadable):
    """The own column mapping names a field or a column that does not exist."""

    code = "mapping-invalid"

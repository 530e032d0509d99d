"""Why a file could not be brought in. Addresses in messages carry neither credentials nor queries."""

from datetime import timedelta

from everloom.core import Invalid, NotFound, Unavailable


class SourceRefused(Invalid):
    """The source is not one that may be read."""

    code = "source-refused"


class AddressRefused(SourceRefused):
    """The URL leads to an address that is not public."""

    code = "address-refused"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host!r} leads to an address that is private, local or reserved.",
            hint="Use a public address, or set `apps.mail_platform.allow_private_addresses`.",
        )


class CertificateRefused(Invalid):
    """The server's certificate does not prove that it is the one asked for."""

    code = "certificate-refused"


class HostNotFound(NotFound):
    """There is no such host."""

    code = "host-not-found"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"There is no host {host!r}.", hint="Check the spelling of the URL's host."
        )


class FileNotFound(NotFound):
    """There is no such file."""

    code = "file-not-found"


class FileRefused(Invalid):
    """The server refuses to hand the file out."""

    code = "file-refused"


class RedirectLoop(Invalid):
    """Redirects do not end."""

    code = "redirect-loop"


class ContentTypeRefused(Invalid):
    """What came is no table: a web page, a picture, ..."""

    code = "content-type-refused"


class FileKindRefused(Invalid):
    """The file is packed or written in a way that is not read."""

    code = "file-kind-refused"


class FileTooLarge(Invalid):
    """The file is larger than the import's limit."""

    code = "file-too-large"

    def __init__(self, limit: str) -> None:
        super().__init__(
            f"The file is larger than {limit}, the limit of this import.",
            hint="Raise `limits.size` if the file is what it should be.",
        )


class GzipBomb(Invalid):
    """A small compressed file that unpacks to absurdly much."""

    code = "gzip-bomb"

    def __init__(self, packed: int, unpacked: int) -> None:
        super().__init__(
            f"The gzip file unpacks to more than {unpacked // packed} times its size "
            f"({packed} bytes to {unpacked} and more); it was not read further.",
            hint="A real product file unpacks to 5 to 50 times its size. Send it uncompressed.",
        )


class GzipDamaged(Invalid):
    """A gzip file that cannot be unpacked to its end."""

    code = "gzip-damaged"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The gzip file is damaged: {reason}.", hint="Compress it anew, and send it again."
        )


class SourceUnavailable(Unavailable):
    """The server is away or busy."""

    code = "source-unavailable"

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message, hint="It is tried again.")
        self.retry_after = retry_after


class DownloadInterrupted(Unavailable):
    """The transfer broke off and could not be taken up again."""

    code = "download-interrupted"


class FileChanging(Unavailable):
    """The file is replaced each time while it is transferred."""

    code = "file-changing"

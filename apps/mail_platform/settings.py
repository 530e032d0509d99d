"""What may differ between two installations of the mail platform."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from pydantic import SecretStr

from everloom.core import Duration
from everloom.settings import AppSettings


class MailPlatformSettings(AppSettings):
    """Settings of the mail platform, below `apps.mail_platform`."""

    app: ClassVar[str] = "mail_platform"

    database: str = "sqlite:///.everloom/mail_platform.db"
    """Database of the products: `sqlite:///path` (relative to the settings' folder) or
    `postgresql://user:password@host/name`."""

    feed_folders: tuple[Path, ...] = ()
    """Folders whose files an import may name. Nothing else on the worker's disk can be read."""

    allow_private_addresses: bool = False
    """Let URLs lead to private, loopback and link-local addresses. For development and tests."""

    redirects: int = 5
    """Redirects followed at most."""

    read_timeout: Duration = timedelta(seconds=30)
    """How long a server may be silent before the connection is given up and the transfer taken up
    anew."""

    smtp_host: str | None = None
    """Mail server for notices. None: no mail is sent."""

    smtp_port: int = 25
    """Its port."""

    smtp_user: str | None = None
    """Name to sign in with. None: no sign-in."""

    smtp_password: SecretStr | None = None
    """Password to sign in with."""

    smtp_start_tls: bool | None = None
    """Use STARTTLS. None: when the server offers it."""

    mail_from: str = "everloom@localhost"
    """Sender of notices."""

    mail_to: tuple[str, ...] = ()
    """Administrators who are told how an import ended."""

    webhook: str | None = None
    """Address that gets each notice as JSON by POST. None: no webhook."""

    webhook_secret: SecretStr | None = None
    """Key of the HMAC-SHA256 in the header `X-Everloom-Signature`. None: not signed."""

"""A real mail server on loopback that keeps what it accepts, and refuses what it is told to."""

import asyncio
import warnings
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class MailServer:
    """What came, and how it answers."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list[EmailMessage])
    recipients: list[list[str]] = field(default_factory=list[list[str]])
    refused: dict[str, str] = field(default_factory=dict[str, str])
    """Answer to a recipient, in place of acceptance: `550 unknown`."""

    answers: list[str] = field(default_factory=list[str])
    """Answers to the next mails, in place of acceptance: `451 later`."""

    passwords: dict[str, str] = field(default_factory=dict[str, str])
    """Who may sign in."""

    async def handle_RCPT(  # noqa: N802 - the library calls it so
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        self.mails.append(message_from_bytes(raw, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and (
            self.passwords.get(data.login.decode()) == data.password.decode()
        )
        return AuthResult(success=right, handled=False)


@asynccontextmanager
async def mail_server(*, sign_in: bool = False) -> AsyncGenerator[MailServer]:
    """Serve SMTP on a free port of 127.0.0.1 while the block runs."""
    kept = MailServer()

    def session() -> SMTP:
        with warnings.catch_warnings():
            # It warns of sign-in without encryption; nothing leaves this machine.
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(
                kept,
                hostname="mail.example",
                enable_SMTPUTF8=True,
                authenticator=kept.authenticate if sign_in else None,
                auth_required=sign_in,
                auth_require_tls=False,
            )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    kept.port = server.sockets[0].getsockname()[1]
    async with server:
        yield kept

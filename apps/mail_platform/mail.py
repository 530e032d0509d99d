"""A notice as mail, by SMTP."""

import hashlib
import re
from email.message import EmailMessage
from email.utils import formatdate

import aiosmtplib

from everloom.core import Invalid, Unavailable, format_duration

from .models import ImportReport, Notice, RowProblem
from .settings import MailPlatformSettings

_TIMEOUT = 20.0
_PROBLEMS = 10


class MailFailed(Unavailable):
    """The mail server is away, or asks to be tried later."""

    code = "mail-failed"


class MailRefused(Invalid):
    """The mail server refuses the mail for good."""

    code = "mail-refused"


async def send_mail(notice: Notice, settings: MailPlatformSettings) -> None:
    """Send a notice to all administrators of the settings.

    One who is refused does not keep the others from getting it.

    Raises:
        MailFailed: The server is away, or refuses for now.
        MailRefused: The server refuses the sender, the sign-in or every recipient for good.
    """
    password = settings.smtp_password
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        await aiosmtplib.send(
            compose(notice, settings),
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user,
            password=password.get_secret_value() if password else None,
            use_tls=settings.smtp_port == 465,  # the port of SMTP that is TLS from the first byte
            start_tls=False if settings.smtp_port == 465 else settings.smtp_start_tls,
            timeout=_TIMEOUT,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = {refused.code for refused in error.recipients}
        said = f"The mail server {server} refuses every recipient ({_codes(codes)})."
        raise _failure(codes, said, "Check `apps.mail_platform.mail_to`.") from None
    except aiosmtplib.SMTPResponseException as error:
        # The server's own words stay out: some repeat what they were sent, credentials included.
        said = f"The mail server {server} refused with {error.code} ({type(error).__name__})."
        hint = "Check `smtp_user`, `smtp_password` and `mail_from` of `apps.mail_platform`."
        raise _failure({error.code}, said, hint) from None
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise MailFailed(
            f"The mail server {server} cannot be used: {type(error).__name__}.",
            hint="Check `smtp_host`, `smtp_port` and `smtp_start_tls` of `apps.mail_platform`.",
        ) from None


def compose(notice: Notice, settings: MailPlatformSettings) -> EmailMessage:
    """The mail: what happened first, then numbers, then what to look at."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = ", ".join(settings.mail_to)
    message["Subject"] = _line(f"[Everloom] Import of {notice.feed} {_SAID[notice.outcome]}")
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = _message_id(notice, settings.mail_from)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(_lines(notice)) + "\n")
    return message


_SAID = {"completed": "completed", "cancelled": "was cancelled", "failed": "failed"}


def _lines(notice: Notice) -> list[str]:
    lines = [notice.summary, ""]
    if notice.error:
        lines += [f"Why: {notice.error}", ""]
    if notice.report is not None:
        lines += _report_lines(notice.report)
    return [*lines, f"Import: {notice.import_id}"]


def _report_lines(report: ImportReport) -> list[str]:
    lines = [f"{name.capitalize():<12} {count:>10}" for name, count in report.counts]
    took = f"{report.rows} rows in {format_duration(report.duration)}"
    lines += ["", f"{took}, {report.rows_per_second:,.0f} a second."]
    if report.dry_run:
        lines.append("This was a dry run: nothing was written.")
    if report.problems:
        lines += ["", "First problems:"]
        lines += [f"  {_problem(problem)}" for problem in report.problems[:_PROBLEMS]]
    if report.refused_key:
        lines += [
            "",
            "All refused rows with their reasons, as CSV:",
            f"  GET /api/v1/imports/{report.import_id}/refused",
            f"  object {report.refused_key}",
        ]
    return [*lines, ""]


def _problem(problem: RowProblem) -> str:
    column = f", column {problem.column}" if problem.column else ""
    value = f" Found: {problem.value!r}" if problem.value else ""
    return _line(f"line {problem.line}{column}: {problem.reason}{value}")


def _line(text: str) -> str:
    """One line without control characters, so that no name can begin a header of its own."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return re.sub(r"\s+", " ", printable).strip()


def _message_id(notice: Notice, sender: str) -> str:
    """The same for the same notice, so that mail programs show one that came twice once."""
    name = hashlib.sha256(f"{notice.import_id} {notice.outcome}".encode()).hexdigest()[:32]
    domain = re.sub(r"[^A-Za-z0-9.-]", "", sender.rpartition("@")[2]) or "localhost"
    return f"<{name}@{domain}>"


def _failure(codes: set[int], said: str, hint: str) -> Exception:
    for_now = any(code < 500 for code in codes)
    return (MailFailed if for_now else MailRefused)(said, hint=hint)


def _codes(codes: set[int]) -> str:
    return ", ".join(map(str, sorted(codes)))

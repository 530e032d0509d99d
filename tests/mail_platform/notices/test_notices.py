"""Notices by mail and webhook, against real servers."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from tests.servers.http_files import HttpFiles, InTurn, Status, http_files, redirect
from tests.servers.mail import MailServer, mail_server

from everloom.core import EverloomError
from mail_platform.mail import MailFailed, MailRefused, compose
from mail_platform.models import Counts, Format, ImportReport, Mode, Notice, RowProblem
from mail_platform.notices import NoticeActivities, NoticeRefused, NoticeUndelivered
from mail_platform.settings import MailPlatformSettings
from mail_platform.webhook import signature

REPORT = ImportReport(
    import_id="product-import-7",
    feed="lamps",
    dry_run=False,
    mode=Mode.UPSERT,
    format=Format.CSV,
    preset="generic",
    bytes=1234,
    sha256="0" * 64,
    rows=1000,
    counts=Counts(created=900, updated=50, unchanged=47, refused=3),
    started_at=datetime(2026, 11, 21, tzinfo=UTC),
    duration=timedelta(seconds=2),
    rows_per_second=500,
    problems=(
        RowProblem(line=7, column="Price", value="abc", code="price-invalid", reason="No price."),
    ),
    refused_key="imports/x/refused.csv",
)
NOTICE = Notice(
    import_id="product-import-7",
    feed="lamps",
    outcome="completed",
    summary="Product import `product-import-7` of feed `lamps` completed.",
    report=REPORT,
)


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def hook() -> AsyncIterator[HttpFiles]:
    async with http_files() as server:
        server.serve("/hook", Status(204))
        yield server


def to_mail(mail: MailServer, **more: object) -> dict[str, object]:
    to = ["admin@example.com", "second@example.com"]
    return {"smtp_host": "127.0.0.1", "smtp_port": mail.port, "mail_to": to, **more}


def to_hook(hook: HttpFiles, **more: object) -> dict[str, object]:
    return {"webhook": hook.url("/hook"), **more}


def activities(**settings: object) -> NoticeActivities:
    return NoticeActivities(settings=MailPlatformSettings.model_validate(settings))


def text_of(mail: EmailMessage) -> str:
    return mail.get_content()


async def test_without_channels_nothing_is_sent() -> None:
    """An installation that names neither a mail server nor a webhook is no error."""
    assert await activities().notify(NOTICE) == ()


async def test_both_channels_get_it(mail: MailServer, hook: HttpFiles) -> None:
    """Mail and webhook get the same notice, and the answer names both."""
    both = activities(**to_mail(mail), **to_hook(hook))

    assert await both.notify(NOTICE) == ("smtp", "webhook")

    assert len(mail.mails) == 1
    assert len(hook.requests) == 1


async def test_mail_says_what_a_person_needs(mail: MailServer) -> None:
    """Outcome, counts, duration, first problems, and where the refused rows are."""
    await activities(**to_mail(mail)).notify(NOTICE)

    sent = mail.mails[0]
    assert sent["Subject"] == "[Everloom] Import of lamps completed"
    assert sent["From"] == "everloom@localhost"
    assert mail.recipients == [["admin@example.com", "second@example.com"]]
    for part in (
        NOTICE.summary,
        "Created             900",
        "Refused               3",
        "1000 rows in 2s, 500 a second.",
        "line 7, column Price: No price. Found: 'abc'",
        "GET /api/v1/imports/product-import-7/refused",
        "imports/x/refused.csv",
    ):
        assert part in text_of(sent)


async def test_mail_of_a_failed_import_says_why(mail: MailServer) -> None:
    """A failed import has no report, but a reason."""
    failed = Notice(
        import_id="i7", feed="lamps", outcome="failed", summary="It failed.", error="No such host."
    )

    await activities(**to_mail(mail)).notify(failed)

    assert mail.mails[0]["Subject"] == "[Everloom] Import of lamps failed"
    assert "Why: No such host." in text_of(mail.mails[0])


def test_same_notice_has_the_same_message_id() -> None:
    """A mail that comes twice can be told by its id; another outcome is another mail."""
    settings = MailPlatformSettings(mail_from="Shop <shop@example.com>", mail_to=("a@b.example",))
    other = NOTICE.model_copy(update={"outcome": "failed"})

    ids = [compose(notice, settings)["Message-ID"] for notice in (NOTICE, NOTICE, other)]

    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@example.com>")


async def test_nothing_in_a_notice_begins_a_header(mail: MailServer, hook: HttpFiles) -> None:
    """Names with line breaks neither add headers to the mail nor to the webhook's request."""
    hostile = NOTICE.model_copy(
        update={
            "feed": "x\r\nBcc: victim@example.com",
            "import_id": "i\r\nX-Evil: 1",
            "summary": "s\r\n.\r\nMAIL FROM:<x>\r\nü",
        }
    )

    await activities(**to_mail(mail), **to_hook(hook)).notify(hostile)

    assert len(mail.mails) == 1
    assert mail.mails[0]["Bcc"] is None
    assert mail.mails[0]["X-Evil"] is None
    assert mail.recipients == [["admin@example.com", "second@example.com"]]
    assert "x-evil" not in hook.requests[0].headers
    assert hook.requests[0].headers[
        "x-everloom-delivery"
    ] == "i%0D%0AX-Evil:%201-completed".replace("%201", "%201")


async def test_webhook_is_signed_and_has_a_stable_id(hook: HttpFiles) -> None:
    """A receiver can check where a notice comes from, and see that it has it already."""
    signed = activities(**to_hook(hook, webhook_secret="shared-secret"))

    await signed.notify(NOTICE)
    await signed.notify(NOTICE)

    first, second = hook.requests
    assert first.method == "POST"
    assert first.headers["content-type"] == "application/json"
    assert first.headers["x-everloom-delivery"] == "product-import-7-completed"
    assert first.headers["x-everloom-delivery"] == second.headers["x-everloom-delivery"]
    assert first.headers["x-everloom-signature"] == signature(first.body, "shared-secret")
    assert json.loads(first.body)["report"]["counts"]["created"] == 900


async def test_webhook_without_secret_is_not_signed(hook: HttpFiles) -> None:
    """No secret, no signature that would look like one."""
    await activities(**to_hook(hook)).notify(NOTICE)

    assert "x-everloom-signature" not in hook.requests[0].headers


async def test_credentials_in_the_address_of_the_webhook_are_sent(hook: HttpFiles) -> None:
    """Name and password in the address become basic authentication."""
    await activities(webhook=hook.url("/hook").replace("//", "//user:word@")).notify(NOTICE)

    assert hook.requests[0].headers["authorization"] == "Basic dXNlcjp3b3Jk"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, NoticeUndelivered),
        (503, NoticeUndelivered),
        (429, NoticeUndelivered),
        (400, NoticeRefused),
        (404, NoticeRefused),
        (302, NoticeRefused),
    ],
)
async def test_answers_of_the_webhook(
    hook: HttpFiles, status: int, error: type[EverloomError]
) -> None:
    """What may pass is tried again, what will not is not; redirects are not followed."""
    hook.serve("/hook", redirect("/other", status) if status == 302 else Status(status))

    with pytest.raises(error, match=str(status)) as caught:
        await activities(**to_hook(hook)).notify(NOTICE)

    assert caught.value.retryable == (error is NoticeUndelivered)
    assert len(hook.requests) == 1


async def test_servers_that_are_away(unused_tcp_port: int) -> None:
    """Refused connections are named, both of them, and tried again."""
    gone = activities(
        smtp_host="127.0.0.1",
        smtp_port=unused_tcp_port,
        mail_to=["admin@example.com"],
        webhook=f"http://127.0.0.1:{unused_tcp_port}/services/secret-path",
    )

    with pytest.raises(NoticeUndelivered, match=r"mail server .* webhook") as caught:
        await gone.notify(NOTICE)

    assert caught.value.retryable
    assert "secret-path" not in f"{caught.value} {caught.value.hint}"


async def test_one_refused_recipient_does_not_keep_the_others_from_it(mail: MailServer) -> None:
    """The administrators who are known get the notice."""
    mail.refused["admin@example.com"] = "550 unknown"

    assert await activities(**to_mail(mail)).notify(NOTICE) == ("smtp",)

    assert mail.recipients == [["second@example.com"]]


@pytest.mark.parametrize(
    ("answer", "error"),
    [("550 unknown", MailRefused), ("451 later", MailFailed)],
    ids=["for-good", "for-now"],
)
async def test_all_recipients_refused(
    mail: MailServer, answer: str, error: type[EverloomError]
) -> None:
    """Refused for good is not tried again; refused for now is."""
    mail.refused = {"admin@example.com": answer, "second@example.com": answer}

    with pytest.raises((NoticeRefused, NoticeUndelivered), match=answer[:3]) as caught:
        await activities(**to_mail(mail)).notify(NOTICE)

    assert caught.value.retryable == error.retryable


async def test_channel_refused_for_good_is_not_hidden(mail: MailServer, hook: HttpFiles) -> None:
    """Who accepted is named, who never will is missing, and the mail is not sent again."""
    hook.serve("/hook", Status(404))

    assert await activities(**to_mail(mail), **to_hook(hook)).notify(NOTICE) == ("smtp",)


async def test_sign_in() -> None:
    """Name and password are used; a wrong one is refused for good and shown nowhere."""
    async with mail_server(sign_in=True) as mail:
        mail.passwords = {"user": "right-password"}
        right = to_mail(mail, smtp_user="user", smtp_password="right-password")
        wrong = to_mail(mail, smtp_user="user", smtp_password="wrong-password")

        assert await activities(**right).notify(NOTICE) == ("smtp",)
        with pytest.raises(NoticeRefused, match="535") as caught:
            await activities(**wrong).notify(NOTICE)

    assert "wrong-password" not in f"{caught.value} {caught.value.hint}"


async def test_required_encryption_that_is_not_offered(mail: MailServer) -> None:
    """With STARTTLS required, nothing is sent in the clear."""
    with pytest.raises(NoticeUndelivered):
        await activities(**to_mail(mail, smtp_start_tls=True)).notify(NOTICE)

    assert mail.mails == []


@pytest.mark.parametrize("address", ["not an url", "ftp://host/x", "http://"])
async def test_webhook_that_is_no_address(address: str) -> None:
    """A webhook that cannot be called is refused for good."""
    with pytest.raises(NoticeRefused, match="no URL"):
        await activities(webhook=address).notify(NOTICE)


async def test_webhook_that_recovers(hook: HttpFiles) -> None:
    """500 and then 200: the second try is accepted."""
    hook.serve("/hook", InTurn([Status(500), Status(200)]))
    recovering = activities(**to_hook(hook))

    with pytest.raises(NoticeUndelivered):
        await recovering.notify(NOTICE)

    assert await recovering.notify(NOTICE) == ("webhook",)

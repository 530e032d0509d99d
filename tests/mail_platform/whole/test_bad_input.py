"""Bad input through whole imports, far from the worker: HTTP, PostgreSQL, S3, mail and webhook."""

import gzip
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from tests.mail_platform.whole.site import HEADER, Site, line, open_site
from tests.postgres import Postgres
from tests.servers.http_files import Answer, Bomb, File, HttpFiles, Status, http_files, redirect
from tests.servers.mail import MailServer, mail_server
from tests.servers.s3 import KEY_ID, SECRET, s3_server

from everloom.temporal import RunFailed
from mail_platform.models import ImportReport, ImportRequest, UrlSource
from mail_platform.workflows import ProductImport

ADMIN = "admin@shop.example"


@dataclass
class Far:
    """An installation whose parts talk over the network, and the servers around it."""

    site: Site
    web: HttpFiles
    mail: MailServer

    def request(
        self, name: str, answer: Answer | None, changes: Mapping[str, Any]
    ) -> ImportRequest:
        """The request for a file that the web server answers for so; None: it has no such file."""
        url = self.web.url(f"/{name}") if answer is None else self.web.serve(f"/{name}", answer)
        feed = f"feed-{uuid4().hex[:8]}"
        given = {"source": UrlSource(url=url), "feed": feed, "preset": "generic", **changes}
        return ImportRequest.model_validate(given)

    def told(self, feed: str) -> tuple[list[str], list[str]]:
        """How an import of a feed ended, by mail and by webhook."""
        mails = [str(mail["Subject"]) for mail in self.mail.mails if feed in str(mail["Subject"])]
        hooks = [asked for asked in self.web.requests if asked.path == "/hook"]
        return mails, [asked.path for asked in hooks if feed.encode() in asked.body]


@pytest.fixture(scope="module")
async def far(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> AsyncGenerator[Far]:
    """Everything over the network; the tests of this module share it."""
    folder = tmp_path_factory.mktemp("far")
    with s3_server("imports") as s3:
        async with http_files() as web, mail_server() as mail:
            app = {
                "allow_private_addresses": True,
                "smtp_host": "127.0.0.1",
                "smtp_port": mail.port,
                "mail_to": [ADMIN],
                "webhook": web.serve("/hook", Status(204)),
            }
            store = {
                "objects": "s3://imports/shop",
                "objects_endpoint": s3,
                "objects_region": "eu-central-1",
                "objects_key_id": KEY_ID,
                "objects_secret": SECRET,
            }
            url = postgres.create_database("far")
            async with open_site(folder, url, app=app, store=store) as site:
                yield Far(site, web, mail)
    postgres.drop_database("far")


async def outcome(far: Far, request: ImportRequest) -> tuple[str, ImportReport]:
    """The code of the failure (empty when there is none), and the report."""
    run = await far.site.start(request)
    code = ""
    try:
        await run.result()
    except RunFailed as error:
        code = error.failure_type
    report = await run.query(ProductImport.report)
    assert report is not None
    return code, report


def objects_of(far: Far, report: ImportReport) -> list[str]:
    """What an import left in the object store."""
    keys = [info.key for info in far.site.objects.list("imports")]
    return [key for key in keys if key.startswith(f"imports/{report.import_id}-")]


def table(*lines: str) -> str:
    """A file of one good row before and one behind those that are tried."""
    return HEADER + line(1) + "".join(lines) + line(2)


def csv(text: str | bytes, encoding: str = "utf-8") -> File:
    """A file as the web server hands it out."""
    return File(text if isinstance(text, bytes) else text.encode(encoding))


BIG = (HEADER + "".join(map(line, range(4_000)))).encode()
HTML = b"<!DOCTYPE html><html><body>Please sign in</body></html>"


@pytest.mark.parametrize(
    ("answer", "changes", "code"),
    [
        pytest.param(csv(""), {}, "file-empty", id="empty"),
        pytest.param(csv(table().replace(",", "#")), {}, "delimiter-unclear", id="delimiter"),
        pytest.param(csv(table()), {"format": "tsv"}, "format-contradicted", id="format"),
        pytest.param(csv("x" * 10_000_000), {}, "delimiter-unclear", id="one-line-of-10-mb"),
        pytest.param(csv(bytes(10_000)), {}, "file-is-binary", id="only-nul"),
        pytest.param(csv(HTML), {}, "content-type-refused", id="html-called-csv"),
        pytest.param(File(HTML, content_type="text/html"), {}, "content-type-refused", id="html"),
        pytest.param(None, {}, "file-not-found", id="404"),
        pytest.param(redirect("redirect-loop"), {}, "redirect-loop", id="redirect-loop"),
        pytest.param(Bomb(300 * 1024**2), {}, "gzip-bomb", id="gzip-bomb"),
        pytest.param(csv(gzip.compress(BIG)[:-99]), {}, "gzip-damaged", id="half-a-gzip"),
        pytest.param(csv(BIG), {"limits": {"size": 9_999}}, "file-too-large", id="too-large"),
    ],
)
async def test_a_file_that_cannot_be_read_ends_the_import_with_its_reason(
    far: Far,
    request: pytest.FixtureRequest,
    answer: Answer | None,
    changes: dict[str, Any],
    code: str,
) -> None:
    """One code, one sentence in the report, administrators told, nothing stored, nothing left."""
    wanted = far.request(request.node.callspec.id, answer, changes)

    failure, report = await outcome(far, wanted)

    assert failure == code
    assert report.status == "failed"
    assert report.error.endswith(".")
    assert "Traceback" not in report.error
    assert report.notified == ("smtp", "webhook")
    assert [len(told) for told in far.told(wanted.feed)] == [1, 1]
    assert far.site.rows(wanted.feed) == []
    assert objects_of(far, report) == []


@pytest.mark.parametrize(
    ("answer", "titles", "codes"),
    [
        pytest.param(csv(HEADER), [], [], id="header-only"),
        pytest.param(
            csv(table('x,"Broken,A lamp\n')), ["Lamp 1", "Lamp 2"], ["quotes-broken"], id="quotes"
        ),
        pytest.param(
            csv(table(line(3, title="x" * 10_000_000))),
            ["Lamp 1", "Lamp 2"],
            ["row-too-long"],
            id="line-of-10-mb",
        ),
        pytest.param(
            csv(table(line(3, title="La\0mp"))), ["Lamp 1", "Lamp 2"], ["nul-byte"], id="nul"
        ),
        pytest.param(
            csv(table(line(3, title="Lämpchen")), "utf-16"),
            ["Lamp 1", "Lamp 2", "Lämpchen"],
            [],
            id="utf-16",
        ),
        pytest.param(
            csv(table(line(3, title="Lämpchen")), "latin-1"),
            ["Lamp 1", "Lamp 2", "Lämpchen"],
            [],
            id="latin-1",
        ),
        pytest.param(
            csv(table(line(2, title="Old"))), ["Lamp 1", "Lamp 2"], ["duplicate-key"], id="twice"
        ),
        pytest.param(
            File(BIG, cuts=[1_000, 200_000]),
            sorted(f"Lamp {number}" for number in range(4_000)),
            [],
            id="cut-connection",
        ),
    ],
)
async def test_what_can_be_read_is_stored_and_the_rest_is_refused_with_its_reason(
    far: Far, request: pytest.FixtureRequest, answer: Answer, titles: list[str], codes: list[str]
) -> None:
    """One bad row costs one row; the refused ones are all that stays in the object store."""
    wanted = far.request(request.node.callspec.id, answer, {})

    failure, report = await outcome(far, wanted)

    assert (failure, report.status) == ("", "completed")
    assert sorted(row[1] for row in far.site.rows(wanted.feed)) == titles
    assert [problem.code for problem in report.problems] == codes
    assert objects_of(far, report) == ([report.refused_key] if codes else [])
    assert [len(told) for told in far.told(wanted.feed)] == [1, 1]


async def test_prices_as_the_continent_writes_them(far: Far) -> None:
    """`1.234,56` is a number; once a file shows its decimal sign, `1.234` is beyond doubt, too."""
    prices = ('"1.234,56 EUR"', '"1.234.567,89 EUR"', '"12,5 EUR"', "1.234 EUR", "cheap")
    lines = [line(number, price=price) for number, price in enumerate(prices)]
    wanted = far.request("prices.csv", csv(HEADER + "".join(lines)), {})

    _, report = await outcome(far, wanted)

    stored = [str(row[2]) for row in far.site.rows(wanted.feed)]
    assert stored == ["1234.56", "1234567.89", "12.50", "1234.00"]
    assert [problem.code for problem in report.problems] == ["price-invalid"]


async def test_the_command_line_says_what_is_wrong_in_words(far: Far) -> None:
    """The reason and where to look, an exit code that is not 0, and no trace."""
    wanted = far.request("missing.csv", None, {})

    async with far.site.follow(wanted, f"typed-{uuid4()}") as command:
        code = await command.exit_code(within=60)

    said = "\n".join(command.said)
    assert code == 1
    assert "answered 404: there is no such file. Check the address." in said
    assert "everloom runs show typed-" in said
    assert "Traceback" not in said
    assert command.output == b""


async def test_files_go_through_the_bucket_alone(far: Far) -> None:
    """With S3 nothing of an import lies in a folder of the worker's machine."""
    await outcome(far, far.request("bucket.csv", csv(table()), {}))

    assert not (far.site.folder / ".everloom/objects").exists()

"""Which addresses a call reaches, and which it does not."""

from ipaddress import ip_address
from typing import Any

import pytest
from tests.servers.http_files import HttpFiles, redirect

from everloom.settings import HttpSettings
from everloom.steps.addresses import is_public
from everloom.steps.connecting import Resolve

from .serving import MIRROR, Caller, caller

DEFAULT = HttpSettings()


def settings(**given: object) -> HttpSettings:
    return HttpSettings.model_validate(given)


def names(**known: str) -> Resolve:
    """A resolver that knows these names, with `_` for a dot and several addresses apart by spaces."""

    async def resolve(host: str, _port: int) -> list[str]:
        if set(host) <= set("0123456789abcdef.:"):
            return [host]
        found = known.get(host.replace(".", "_"))
        if found is None:
            raise OSError(host)
        return found.split()

    return resolve


async def refused(call: Caller, url: str, **more: object) -> None:
    said = await call.fails("authorization", 403, method="get", endpoint=url, **more)
    assert said.startswith("Address not allowed: ")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "localhost",
        "LOCALHOST",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "172.31.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "[fd00:ec2::254]",
        "[fd12::1]",
        "[fe80::1]",
        "[fec0::1]",
        "198.18.0.1",
        "192.0.0.192",
        "224.0.0.1",
        "255.255.255.255",
        "[ff02::1]",
    ],
)
async def test_nothing_private_is_reached_by_default(host: str) -> None:
    """However its address is spelled."""
    async with caller(DEFAULT) as call:
        await refused(call, f"http://{host}:8080/latest/meta-data")


@pytest.mark.parametrize("host", ["0177.0.0.1", "１２７.0.0.1", "[fe80::1%25lo]", "127.0.0.1%00"])  # noqa: RUF001 - wide digits
async def test_an_address_that_is_misspelt_is_none(host: str) -> None:
    """What one reader takes for an address and another for a name is neither."""
    async with caller(DEFAULT) as call:
        await call.fails("configuration", 400, method="get", endpoint=f"http://{host}/")


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_the_internet_is_public(address: str) -> None:
    """That much is left."""
    assert is_public(ip_address(address))


async def test_a_name_does_not_hide_an_address(web: HttpFiles) -> None:
    """What a name resolves to counts."""
    port = web.address.rpartition(":")[2]
    resolve = names(public_example="127.0.0.1")

    async with caller(DEFAULT, resolve=resolve) as call:
        await refused(call, f"http://public.example:{port}/")

    assert web.requests == []


async def test_a_name_is_asked_for_once(web: HttpFiles) -> None:
    """A second answer of DNS cannot replace the one that was checked."""
    web.serve("/", MIRROR)
    port = web.address.rpartition(":")[2]
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1" if len(asked) == 1 else "10.0.0.1"]

    async with caller(settings(allow=["127.0.0.0/8", "*"]), resolve=rebinding) as call:
        heard = await call(method="get", endpoint=f"http://rebinding.example:{port}/")
        await refused(call, f"http://rebinding.example:{port}/")

    assert heard["headers"]["host"] == f"rebinding.example:{port}"
    assert asked == ["rebinding.example"] * 2


async def test_only_permitted_ones_of_several_addresses_are_used(web: HttpFiles) -> None:
    """The others are not tried."""
    web.serve("/", MIRROR)
    port = web.address.rpartition(":")[2]

    async with caller(
        settings(allow=["127.0.0.0/8", "*"]), resolve=names(both_example="10.0.0.1 127.0.0.1")
    ) as call:
        assert await call(method="get", endpoint=f"http://both.example:{port}/")


async def test_a_redirect_to_a_private_address_is_refused(web: HttpFiles) -> None:
    """Also from a server that may be reached."""
    port = web.address.rpartition(":")[2]
    resolve = names(shop_example="127.0.0.1", metadata_example="169.254.169.254")

    async with caller(settings(allow=["127.0.0.1", "*"]), resolve=resolve) as call:
        for to in ("http://metadata.example/", "http://169.254.169.254/", "http://[::1]/"):
            web.serve("/", redirect(to))
            await refused(call, f"http://shop.example:{port}/", redirect=True)


@pytest.mark.parametrize(
    ("given", "host", "outcome"),
    [
        ({"private": True}, "127.0.0.1", "reached"),
        ({"private": False}, "127.0.0.1", "refused"),
        ({"allow": ["127.0.0.0/8"]}, "127.0.0.1", "reached"),
        ({"allow": ["127.0.0.0/8"]}, "shop.example", "reached"),
        ({"allow": ["10.0.0.0/8"]}, "127.0.0.1", "refused"),
        ({"allow": ["shop.example"]}, "shop.example", "refused"),
        ({"allow": ["*"]}, "shop.example", "refused"),
        ({"allow": ["other.example"], "private": True}, "shop.example", "refused"),
        ({"allow": ["SHOP.example."], "private": True}, "shop.example", "reached"),
        ({"allow": ["*.example"], "private": True}, "shop.example", "reached"),
        ({"allow": ["*.example"], "private": True}, "example", "refused"),
        ({"deny": ["shop.example"], "private": True}, "shop.example", "refused"),
        ({"deny": ["shop.example"], "private": True}, "SHOP.example.", "refused"),
        ({"deny": ["127.0.0.1"], "private": True}, "shop.example", "refused"),
        ({"deny": ["127.0.0.1"], "allow": ["127.0.0.0/8"]}, "127.0.0.1", "refused"),
        ({"deny": ["::ffff:127.0.0.1/128"], "private": True}, "127.0.0.1", "reached"),
    ],
)
async def test_settings_decide(
    web: HttpFiles, given: dict[str, object], host: str, outcome: str
) -> None:
    """Networks open what is private, names only narrow, and what is denied stays denied."""
    web.serve("/", MIRROR)
    port = web.address.rpartition(":")[2]
    resolve = names(shop_example="127.0.0.1", shop_example_="127.0.0.1", example="127.0.0.1")

    async with caller(settings(**given), resolve=resolve) as call:
        url = f"http://{host}:{port}/"
        if outcome == "reached":
            assert await call(method="get", endpoint=url)
        else:
            await refused(call, url)


@pytest.mark.parametrize("given", [{"deny": ["shop.example"]}, {"allow": ["other.example"]}])
async def test_dns_is_not_asked_for_what_is_refused_by_name(given: dict[str, object]) -> None:
    """Whoever answers there need not hear of it."""
    async with caller(settings(**given), resolve=names()) as call:
        await refused(call, "http://shop.example/")


async def test_an_origin_may_stand_for_another(web: HttpFiles) -> None:
    """Path, query and headers stay; the result shows what the definition says."""
    web.serve("/v2/pets", MIRROR)
    rewrite = {"https://petstore.example": web.address}

    async with caller(settings(rewrite=rewrite)) as call:
        response = await call(
            method="get",
            endpoint="https://petstore.example/v2/pets?x=1",
            headers={"X-Shop": "lumen"},
            output="response",
        )
        await refused(call, f"{web.address}/v2/pets")
        await call.fails("communication", 500, method="get", endpoint="http://petstore.example/")

    assert response["request"]["uri"] == "https://petstore.example/v2/pets?x=1"
    assert response["content"]["query"] == [["x", "1"]]
    assert response["content"]["headers"]["host"] == "petstore.example"
    assert response["content"]["headers"]["x-shop"] == "lumen"


async def test_rewriting_holds_after_redirects_too(web: HttpFiles) -> None:
    """Both ways."""
    web.serve("/old", redirect("https://other.example/new"))
    web.serve("/new", MIRROR)
    rewrite = {"https://shop.example": web.address, "https://other.example:443": web.address}

    async with caller(settings(rewrite=rewrite)) as call:
        response = await call(
            method="get", endpoint="https://shop.example/old", redirect=True, output="response"
        )

    assert response["request"]["uri"] == "https://other.example/new"
    assert response["content"]["headers"]["host"] == "other.example"


async def test_what_was_meant_for_one_origin_is_not_shown_to_another(web: HttpFiles) -> None:
    """Credentials and headers of the author's own."""
    web.serve("/old", redirect("http://other.example/new", 307))
    web.serve("/same", redirect("/new", 307))
    web.serve("/new", MIRROR)
    rewrite = {"http://shop.example": web.address, "http://other.example": web.address}
    given: dict[str, Any] = {
        "method": "post",
        "headers": {"X-Api-Key": "k3y", "Cookie": "a=b", "Accept": "text/plain"},
        "body": {"a": 1},
        "redirect": True,
    }
    basic = {"basic": {"username": "ada", "password": "countess"}}

    async with caller(settings(rewrite=rewrite)) as call:
        elsewhere, here = [
            await call(
                endpoint={"uri": f"http://shop.example/{path}", "authentication": basic}, **given
            )
            for path in ("old", "same")
        ]

    assert {"x-api-key", "cookie", "authorization", "idempotency-key"} <= here["headers"].keys()
    assert (
        not {"x-api-key", "cookie", "authorization", "idempotency-key"}
        & elsewhere["headers"].keys()
    )
    assert elsewhere["headers"]["accept"] == "text/plain"
    assert elsewhere["body"] == '{"a":1}'


async def test_an_unknown_host_is_said_so() -> None:
    """And is no matter of permission."""
    async with caller(DEFAULT, resolve=names()) as call:
        said = await call.fails(
            "communication", 500, method="get", endpoint="http://nowhere.example/"
        )

    assert said == "Host not found: nowhere.example is no known host."

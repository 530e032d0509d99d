"""A notice as JSON, by POST.

X-Everloom-Delivery   the same for the same notice: a receiver that has seen it ignores it
X-Everloom-Signature  sha256=<HMAC-SHA256 of the body with the shared secret, in hex>
"""

import hashlib
import hmac
from urllib.parse import quote

import httpx2

from everloom.core import Invalid, Unavailable

from .download.http_call import authorization_of
from .models import Notice
from .settings import MailPlatformSettings

_TIMEOUT = httpx2.Timeout(20.0, connect=10.0)
_BUSY = {408, 425, 429}


class WebhookFailed(Unavailable):
    """The receiver is away or busy."""

    code = "webhook-failed"


class WebhookRefused(Invalid):
    """The receiver refuses the notice for good."""

    code = "webhook-refused"


async def call_webhook(notice: Notice, settings: MailPlatformSettings) -> None:
    """Post a notice to the webhook of the settings; redirects are not followed.

    Raises:
        WebhookFailed: The receiver is away or busy.
        WebhookRefused: The receiver refuses it, or the address is none.
    """
    url = _address(settings.webhook or "")
    body = notice.model_dump_json().encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Everloom",
        "X-Everloom-Delivery": quote(f"{notice.import_id}-{notice.outcome}", safe="-_.~:"),
        **authorization_of(url),
    }
    if settings.webhook_secret is not None:
        secret = settings.webhook_secret.get_secret_value()
        headers["X-Everloom-Signature"] = signature(body, secret)
    _check(await _post(url, body, headers), url)


def signature(body: bytes, secret: str) -> str:
    """What `X-Everloom-Signature` carries for a body."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


async def _post(url: httpx2.URL, body: bytes, headers: dict[str, str]) -> int:
    bare = url.copy_with(username=None, password=None)
    request = httpx2.Request(
        "POST", bare, headers=headers, content=body, extensions={"timeout": _TIMEOUT.as_dict()}
    )
    try:
        # The transport alone: the library's client would write the whole address to the log, and
        # in many webhooks the address is the secret.
        async with httpx2.AsyncHTTPTransport() as transport:
            response = await transport.handle_async_request(request)
            await response.aclose()
    except (httpx2.TransportError, OSError) as error:
        raise WebhookFailed(
            f"The webhook at {url.host} cannot be reached: {type(error).__name__}.",
            hint="Check `apps.mail_platform.webhook`.",
        ) from None
    return response.status_code


def _check(status: int, url: httpx2.URL) -> None:
    if 200 <= status < 300:
        return
    said = f"The webhook at {url.host} answered {status}."
    if status in _BUSY or status >= 500:
        raise WebhookFailed(said, hint="It is tried again.")
    raise WebhookRefused(said, hint="Check `webhook` and `webhook_secret` of `apps.mail_platform`.")


def _address(webhook: str) -> httpx2.URL:
    try:
        url = httpx2.URL(webhook)
    except (httpx2.InvalidURL, ValueError):
        url = httpx2.URL("")
    if url.scheme not in {"http", "https"} or not url.host:
        raise WebhookRefused(
            "The address of the webhook is no URL.", hint="Check `apps.mail_platform.webhook`."
        )
    return url

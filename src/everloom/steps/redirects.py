"""Where does a redirect lead, and what is taken along?

Credentials and headers of the author's own go to the origin they were written for, and to no other.
"""

import httpx2

from everloom.settings import origin_of

from .mishaps import unusable_answer

_HARMLESS = {"accept", "accept-encoding", "accept-language", "content-type", "user-agent"}
"""Headers that may be shown to an origin the author did not name."""

_SEE_OTHER = 303
_BECOMES_GET = {301, 302}
_LEADS_ON = {301, 302, 303, 307, 308}


def redirected(request: httpx2.Request, response: httpx2.Response) -> httpx2.Request | None:
    """The request that a redirect asks for; None: the answer is no redirect.

    Raises:
        Fault: It leads nowhere.
    """
    if response.status_code not in _LEADS_ON or "location" not in response.headers:
        return None
    url = _target(request.url, response.headers["location"])
    method = _method(request.method, response.status_code)
    dropped = {"host", "content-length", "authorization"}
    if method != request.method:
        dropped |= {"content-type"}
    same = origin_of(str(url)) == origin_of(str(request.url))
    headers = [
        (name, value)
        for name, value in request.headers.raw
        if name.lower().decode("ascii") not in dropped
        and (same or name.lower().decode("ascii") in _HARMLESS)
    ]
    content = request.content if method == request.method else b""
    return httpx2.Request(
        method, url, headers=headers, content=content or None, extensions=request.extensions
    )


def _target(origin: httpx2.URL, location: str) -> httpx2.URL:
    try:
        url = origin.join(location)
    except (httpx2.InvalidURL, ValueError):
        url = httpx2.URL("")
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise unusable_answer(origin.host, "redirects to no address that can be called")
    return url


def _method(method: str, status: int) -> str:
    if status == _SEE_OTHER and method != "HEAD":
        return "GET"
    return "GET" if status in _BECOMES_GET and method == "POST" else method

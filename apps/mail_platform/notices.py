"""Tell the administrators how an import ended: the activity `notify-admin`.

Mail and webhook do not hinder each other: one that failed is tried again, one that accepted is not.
Which ones accepted is remembered in the heartbeat, which the next attempt gets.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from temporalio import activity

from everloom.authoring import activity_type
from everloom.core import EverloomError, Invalid, Unavailable

from .mail import send_mail
from .models import Notice
from .settings import MailPlatformSettings
from .webhook import call_webhook

Channel = Callable[[Notice, MailPlatformSettings], Awaitable[None]]


class NoticeUndelivered(Unavailable):
    """A channel did not accept a notice, and may do so later."""

    code = "notice-undelivered"


class NoticeRefused(Invalid):
    """No channel accepts a notice, and none will."""

    code = "notice-refused"


class NoticeActivities:
    """Notices, with what they need."""

    def __init__(self, *, settings: MailPlatformSettings) -> None:
        self._settings = settings

    @activity_type(name="notify-admin", queue="background")
    async def notify(self, notice: Notice) -> tuple[str, ...]:
        """Send a notice to all channels of the settings.

        Returns:
            The channels that accepted it: `smtp`, `webhook`. One that refuses for good, or still
            fails at the last attempt, is missing, and is named in the log.

        Raises:
            NoticeUndelivered: A channel failed; it alone is tried again.
            NoticeRefused: No channel accepted it, and trying again cannot help.
        """
        accepted = _accepted_before()
        missing = {name: send for name, send in self._channels().items() if name not in accepted}
        outcomes = await asyncio.gather(
            *(self._send(name, send, notice, accepted) for name, send in missing.items())
        )
        failures = [failure for failure in outcomes if failure is not None]
        _raise_if_worth_it(failures, accepted)
        return tuple(sorted(accepted))

    def _channels(self) -> dict[str, Channel]:
        channels: dict[str, Channel] = {}
        if self._settings.smtp_host and self._settings.mail_to:
            channels["smtp"] = send_mail
        if self._settings.webhook:
            channels["webhook"] = call_webhook
        return channels

    async def _send(
        self, name: str, send: Channel, notice: Notice, accepted: set[str]
    ) -> EverloomError | None:
        try:
            await send(notice, self._settings)
        except EverloomError as error:
            activity.logger.warning(
                "notice not accepted",
                extra={"channel": name, "code": error.code, "reason": error.message},
            )
            return error
        accepted.add(name)
        if activity.in_activity():
            # At once: should this process die now, the next attempt does not send it twice.
            activity.heartbeat(sorted(accepted))
        return None


def _raise_if_worth_it(failures: Sequence[EverloomError], accepted: set[str]) -> None:
    """Raise, unless what was accepted would be hidden and nothing more can be gained."""
    passing = any(failure.retryable for failure in failures)
    if not failures or (accepted and (not passing or _is_last_attempt())):
        return
    said = " ".join(failure.message for failure in failures)
    hint = " ".join(failure.hint for failure in failures)
    raise (NoticeUndelivered if passing else NoticeRefused)(said, hint=hint)


def _accepted_before() -> set[str]:
    details = activity.info().heartbeat_details if activity.in_activity() else ()
    return set(details[0]) if details else set()


def _is_last_attempt() -> bool:
    if not activity.in_activity():
        return False
    info = activity.info()
    attempts = info.retry_policy.maximum_attempts if info.retry_policy else 0
    return 0 < attempts <= info.attempt

"""The defaults of calls in a process, from its settings."""

from everloom.authoring import Policy, use_default_policy
from everloom.settings import Settings


def use_call_defaults(settings: Settings) -> None:
    """Let calls that say nothing else follow the settings. Once a process."""
    limits = settings.activities
    use_default_policy(
        Policy(
            timeout=limits.start_to_close,
            heartbeat=limits.heartbeat,
            attempts=limits.retry.attempts,
            first_interval=limits.retry.first_interval,
            coefficient=limits.retry.coefficient,
            cap=limits.retry.cap,
        )
    )

"""Examples of property tests are the same in every process and on every day, unless somebody hunts.

Hypothesis begins anew with other examples each time, and draws on the constants of whatever modules are
loaded, which differ between the processes of one run. A failure that the next run does not show helps
nobody. `--hypothesis-profile=everloom-hunt` looks for new examples.
"""

from hypothesis import settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

HUNT = "everloom-hunt"


def repeat_examples() -> None:
    """Let all examples be repeated from now on, where no profile says otherwise."""
    settings.register_profile("everloom", derandomize=True)
    settings.register_profile(HUNT, derandomize=False, print_blob=True)
    settings.load_profile("everloom")
    nothing = Constants()
    local = providers._get_local_constants  # pyright: ignore[reportPrivateUsage] - it has no switch

    def constants() -> Constants:
        return local() if settings.get_current_profile_name() == HUNT else nothing

    providers._get_local_constants = constants  # pyright: ignore[reportPrivateUsage]

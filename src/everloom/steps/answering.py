"""What do all steps have in common? Signs of life, secrets put in, and faults in place of errors.

Temporal tries a step again only when its worker is lost: everything else that goes wrong is a fault,
which the definition itself may catch. What leaves a step is without the secrets it has used.
"""

import copy
import traceback
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from temporalio.exceptions import ApplicationError

from everloom.authoring import beating, get_logger
from everloom.flow import Fault, Json, StepRequest, fault_from, step_fault

from .deferring import put_in
from .secrets import Secrets
from .veils import Veil

log = get_logger(__name__)


@dataclass(frozen=True)
class Step:
    """One call that is being answered."""

    arguments: dict[str, Json]
    """All arguments, with secrets put in."""

    request: StepRequest
    secrets: Secrets
    veil: Veil
    """Covers what must not be shown."""

    async def secret(self, name: str) -> Json:
        """A secret that the arguments name, as in `basic: {use: name}`.

        Raises:
            Fault: It may not be used here, or does not exist.
        """
        found = await self.secrets.read([name], permitted=self.request.secrets)
        self.veil.hide(found[name])
        return found[name]

    def is_deferred(self, at: str) -> bool:
        """Whether something at this place of the arguments, above or below it, is made of secrets."""
        return any(
            f"{each.at}/".startswith(f"{at}/") or f"{at}/".startswith(f"{each.at}/")
            for each in self.request.deferred
        )


@asynccontextmanager
async def answering(request: StepRequest, secrets: Secrets) -> AsyncGenerator[Step]:
    """Answer a request in the block: it has the arguments, and may raise whatever it likes.

    Args:
        request: What the workflow asks.
        secrets: Where secrets come from.

    Raises:
        Fault: Something went wrong, and nothing of it shows a secret.
    """
    veil = Veil()
    try:
        with beating():
            arguments = await put_in(
                copy.deepcopy(request.arguments),
                request.deferred,
                secrets,
                permitted=request.secrets,
                veil=veil,
            )
            yield Step(arguments, request, secrets, veil)
    except ApplicationError as error:
        raise veil.over(fault_from(error)).at(request.instance) from None
    except Exception as error:  # noqa: BLE001 - an unforeseen one would be tried again for ever
        raise _unforeseen(error, request) from None


def _unforeseen(error: Exception, request: StepRequest) -> Fault:
    """The fault of an error of our own. Its text may quote a secret; the lines of code do not."""
    kind = type(error).__name__
    lines = "".join(traceback.format_tb(error.__traceback__))
    log.error("step failed", task=request.instance, error=kind, trace=lines)
    detail = f"{kind}: the worker's log has the place."
    return step_fault("runtime", title="Step failed", detail=detail).at(request.instance)

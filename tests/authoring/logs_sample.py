"""A workflow and an activity that log at every step."""

from datetime import timedelta

from temporalio import activity, workflow

from everloom.authoring import get_logger

log = get_logger("loud").bind(part="front")


@activity.defn
def speak(number: int) -> int:
    """Say something, in a thread."""
    log.info("spoke", number=number)
    return number


@workflow.defn(name="loud")
class LoudWorkflow:
    """Speaks a few times."""

    @workflow.run
    async def run(self, rounds: int) -> None:
        """Log before and after each step."""
        log.info("loud began", rounds=rounds)
        for number in range(rounds):
            log.debug("round begins", number=number)
            workflow.logger.info(f"round {number} of the SDK's logger")
            await workflow.execute_local_activity(
                speak_locally, number, start_to_close_timeout=timedelta(seconds=5)
            )
            await workflow.execute_activity(
                speak, number, start_to_close_timeout=timedelta(seconds=5)
            )
        log.info("loud ended")


@activity.defn
async def speak_locally(number: int) -> int:
    """Say something, in the worker that has the run."""
    log.info("spoke locally", number=number)
    return number

"""A workflow that knows nothing of it."""

from temporalio import workflow


@workflow.defn
class Whisper:
    """Answers a secret with a secret."""

    @workflow.run
    async def run(self, secret: str) -> str:
        return f"you said {secret}"

"""Poll until it is done.

Compiled by Everloom from the definition video.transcode@1.0.0.
"""

from datetime import timedelta

from everloom.flow import (
    About,
    Catch,
    Caught,
    Flow,
    Json,
    Scope,
    attempt,
    call_http,
    junction,
    loop_head,
    sleep,
    task,
)
from temporalio import workflow


@workflow.defn(name="video.transcode@1.0.0")
class Transcode(Flow):
    """Poll until it is done.

    Starts a job in another system, asks for its state until it is done, and gives up when
    that takes too long.
    """

    about = About(
        namespace="video",
        name="transcode",
        version="1.0.0",
        output_as="{ file, state, url, looks }",
    )

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run transcode from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of transcode."""
        return await self.transcode(data, here)

    @task("/do/0/transcode")
    async def transcode(self, here: Scope) -> Json:
        """Try, and catch errors."""
        try:
            return await attempt(here, self.poll, Catch(filter={"status": 408}, is_handled=True))
        except Caught as caught:
            return await self.too_long(here.data, caught.here)

    @task("/do/0/transcode/try/0/poll", timeout=timedelta(seconds=20))
    async def poll(self, here: Scope) -> Json:
        """Do one task after the other."""
        data = await self.start(here.data, here)
        while True:
            data = loop_head(here, "/do/0/transcode/try/0/poll/do#pause", data)
            data = await self.pause(data, here)
            data = await self.look(data, here)
            data, way = await self.ready(data, here)
            if way == "done":
                return data
            if way == "failed":
                break
        return await self.fail(data, here)

    @task("/do/0/transcode/try/0/poll/do/0/start", output_as="$input + { job: .id }")
    async def start(self, here: Scope) -> Json:
        """POST https://video.example/jobs."""
        return await call_http(
            here,
            method="post",
            endpoint="https://video.example/jobs",
            body={"file": here.jq(".file")},
        )

    @task("/do/0/transcode/try/0/poll/do/1/pause")
    async def pause(self, here: Scope) -> Json:
        """Wait."""
        return await sleep(here, here.duration(".pause"))

    @task(
        "/do/0/transcode/try/0/poll/do/2/look",
        output_as="$input + { state: .state, url: .url, looks: (($input.looks // 0) + 1) }",
    )
    async def look(self, here: Scope) -> Json:
        """GET https://video.example/jobs/{job}."""
        return await call_http(
            here, method="get", endpoint=here.uri("https://video.example/jobs/{job}")
        )

    @junction("/do/0/transcode/try/0/poll/do/3/ready")
    async def ready(self, here: Scope) -> tuple[Json, str]:
        """Choose: done, failed, busy."""
        if here.test('.state == "done"'):
            return here.data, "done"
        if here.test('.state == "failed"'):
            return here.data, "failed"
        return here.data, "busy"

    @task("/do/0/transcode/try/0/poll/do/4/fail")
    async def fail(self, here: Scope) -> Json:
        """Raise The job failed."""
        raise here.fault(
            "https://video.example/errors/transcoding-failed", 500, title="The job failed"
        )

    @task("/do/0/transcode/catch/do/0/tooLong")
    async def too_long(self, here: Scope) -> Json:
        """Set the data."""
        return here.jq('. + { state: "given up" }')

"""Human approval with reminders.

Compiled by Everloom from the definition office.leave-request@1.0.0.
"""

from everloom.flow import (
    About,
    Catch,
    Caught,
    Events,
    Flow,
    Jq,
    Json,
    Scope,
    attempt,
    call_http,
    junction,
    listen,
    loop_head,
    task,
    wanted,
)
from temporalio import workflow

UNANSWERED_ERROR: dict[str, Json] = {
    "type": "https://office.example/errors/unanswered",
    "status": 408,
    "title": "Nobody answered",
}


@workflow.defn(name="office.leave-request@1.0.0")
class LeaveRequest(Flow):
    """Human approval with reminders.

    Asks somebody to approve a leave, reminds them twice, then asks their manager.
    """

    about = About(
        namespace="office",
        name="leave-request",
        version="1.0.0",
        output_as="{ employee, approved, by, reminders: $context.reminders }",
    )

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run leave-request from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of leave-request."""
        data = await self.ask(data, here)
        while True:
            data = loop_head(here, "/do#answer", data)
            data, way = await self.answer(data, here)
            if way == "done":
                return data

    @task(
        "/do/0/ask",
        output_as="$input + { reminders: 0, asked: $input.approver }",
        export_as="{ asked: .asked, reminders: .reminders }",
    )
    async def ask(self, here: Scope) -> Json:
        """POST https://mail.example/messages."""
        return await call_http(
            here,
            method="post",
            endpoint="https://mail.example/messages",
            body={"to": here.jq(".approver"), "subject": here.jq('"Leave of " + .employee')},
        )

    @junction("/do/1/answer")
    async def answer(self, here: Scope) -> tuple[Json, str]:
        """Try, and catch errors."""
        try:
            return await attempt(
                here, self.listen_for_it, Catch(filter={"status": 408}, is_handled=True)
            ), "done"
        except Caught as caught:
            return await self.answer_caught(here.data, caught.here), "caught"

    @task(
        "/do/1/answer/try/0/listenForIt",
        output_as="$input + { approved: .[0].approved, by: .[0].by }",
        timeout=lambda here: here.duration(".remindAfter"),
    )
    async def listen_for_it(self, here: Scope) -> Json:
        """Wait for events."""
        return await listen(
            here,
            Events(one=wanted(type="com.office.leave.answered", data=Jq(".by == $context.asked"))),
        )

    async def answer_caught(self, data: Json, here: Scope) -> Json:
        """What answer does about an error."""
        data = await self.count(data, here)
        data, way = await self.whom(data, here)
        if way == "nobody":
            return await self.give_up(data, here)
        if way == "again":
            data = await self.remind(data, here)
        else:
            data = await self.escalate(data, here)
        return data

    @task("/do/1/answer/catch/do/0/count")
    async def count(self, here: Scope) -> Json:
        """Set the data."""
        return here.jq(". + { reminders: (.reminders + 1) }")

    @junction("/do/1/answer/catch/do/1/whom")
    async def whom(self, here: Scope) -> tuple[Json, str]:
        """Choose: again, manager, nobody."""
        if here.test(".reminders <= 2"):
            return here.data, "again"
        if here.test(".asked != .manager"):
            return here.data, "manager"
        return here.data, "nobody"

    @task(
        "/do/1/answer/catch/do/2/remind",
        output_as="$input",
        export_as="$context + { reminders: .reminders }",
    )
    async def remind(self, here: Scope) -> Json:
        """POST https://mail.example/messages."""
        return await call_http(
            here,
            method="post",
            endpoint="https://mail.example/messages",
            body={
                "to": here.jq(".asked"),
                "subject": here.jq(
                    '"Reminder " + (.reminders | tostring) + ": leave of " + .employee'
                ),
            },
        )

    @task("/do/1/answer/catch/do/3/escalate", export_as="$context + { asked: .asked }")
    async def escalate(self, here: Scope) -> Json:
        """Set the data."""
        return here.jq(". + { asked: .manager, reminders: 0 }")

    @task("/do/1/answer/catch/do/4/giveUp")
    async def give_up(self, here: Scope) -> Json:
        """Raise unanswered."""
        raise here.fault(**UNANSWERED_ERROR)

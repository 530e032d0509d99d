"""What is found in packages, and what is refused at start-up."""

from collections.abc import Callable

import pytest

from everloom.catalog import CatalogInvalid, WorkflowUnknown, discover
from everloom.core import Problem
from everloom.settings import CatalogSettings, Settings, find_app_settings

Package = Callable[..., Settings]

ACTIVITIES = """
    from everloom.authoring import activity_type

    @activity_type(name="greet", queue="mail")
    async def greet(name: str) -> str:
        '''Say hello.

        At length.
        '''
        return f"hello {name}"

    class Letters:
        @activity_type(name="post")
        def post(self, text: str) -> None: ...
"""
WORKFLOWS = """
    from everloom.authoring import Workflow, call, workflow_type
    from .activities import Letters, greet

    @workflow_type(name="welcome", queue="standard")
    class Welcome(Workflow[str, str]):
        '''Welcome somebody.'''
        async def run(self, input: str) -> str:
            await call(Letters.post, input)
            return await call(greet, input)
"""


def refusal(settings: Settings) -> list[Problem]:
    """What discovery complains about."""
    with pytest.raises(CatalogInvalid) as caught:
        discover(settings)
    return list(caught.value.problems)


def test_workflows_and_activities_are_found_where_they_were_written(package: Package) -> None:
    """Names, queues, summaries and places, each once however often it is imported."""
    catalog = discover(package(activities=ACTIVITIES, workflows=WORKFLOWS))

    [welcome] = catalog.workflows
    assert (welcome.name, welcome.queue, welcome.summary) == (
        "welcome",
        "standard",
        "Welcome somebody",
    )
    assert welcome.place.file.endswith("workflows.py")
    assert {entry.name: entry.queue for entry in catalog.activities} == {
        "greet": "mail",
        "post": None,
    }
    assert [entry.summary for entry in catalog.activities if entry.name == "greet"] == ["Say hello"]


def test_an_activity_bound_to_no_queue_is_served_on_all(package: Package) -> None:
    """It runs beside the workflow that calls it, wherever that is."""
    catalog = discover(package(activities=ACTIVITIES, workflows=WORKFLOWS))

    assert {entry.name for entry in catalog.activities_on("standard")} == {"post"}
    assert {entry.name for entry in catalog.activities_on("mail")} == {"post", "greet"}


def test_plain_sdk_classes_are_found_too(package: Package) -> None:
    """What was written for the SDK alone runs on the default queue."""
    settings = package(
        workflows="""
        from temporalio import activity, workflow

        @activity.defn
        async def plain_activity() -> None: ...

        @workflow.defn
        class PlainWorkflow:
            @workflow.run
            async def run(self) -> None: ...
        """
    )

    catalog = discover(settings)

    assert [(entry.name, entry.queue) for entry in catalog.workflows] == [
        ("PlainWorkflow", "standard")
    ]
    assert [entry.name for entry in catalog.activities] == ["plain_activity"]


def test_one_wire_name_twice_is_refused_with_both_places(package: Package) -> None:
    """Which of two would run is nobody's guess."""
    twice = """
        from everloom.authoring import activity_type

        @activity_type(name="greet")
        def first() -> None: ...

        @activity_type(name="greet")
        def second() -> None: ...
    """

    [problem] = refusal(package(activities=twice))

    assert problem.code == "name-twice"
    assert problem.place.endswith("activities.py:7")
    assert "activities.py:4 has it too" in problem.message


def test_an_unknown_queue_is_refused_with_the_nearest(package: Package) -> None:
    """A misspelt queue would wait for a worker for ever."""
    [problem] = refusal(package(activities=ACTIVITIES.replace('"mail"', '"standrad"')))

    assert problem.code == "queue-unknown"
    assert "activities.py:4" in problem.place
    assert "Did you mean `standard`?" in problem.hint


def test_a_call_to_an_activity_that_no_queue_serves_is_refused_at_its_line(
    package: Package,
) -> None:
    """The activity exists, but in a package that nobody named: its calls would wait for ever."""
    workflows = WORKFLOWS.replace("call(greet, input)", 'workflow.execute_activity("gret", input)')

    [problem] = refusal(
        package(
            activities=ACTIVITIES,
            workflows="from temporalio import workflow\n" + _dedent(workflows),
        )
    )

    assert problem.code == "activity-unserved"
    assert problem.place.endswith("workflows.py:11")
    assert "Did you mean `greet`?" in problem.hint


def test_a_call_sent_to_another_queue_than_the_activity_is_bound_to_is_refused(
    package: Package,
) -> None:
    """No worker of that queue would know it."""
    sent = """
        from datetime import timedelta
        from temporalio import workflow
        from .activities import greet

        @workflow.defn
        class Welcome:
            @workflow.run
            async def run(self, input: str) -> str:
                return await workflow.execute_activity(
                    greet, input, task_queue="scheduled", start_to_close_timeout=timedelta(1)
                )
    """

    [problem] = refusal(package(activities=ACTIVITIES, workflows=sent))

    assert problem.code == "queue-mismatch"
    assert problem.place.endswith("workflows.py:10")
    assert "`scheduled`" in problem.message
    assert "`mail`" in problem.message


CALLER = """
    from datetime import timedelta
    from temporalio import workflow
    from everloom.authoring import Workflow, call, workflow_type
    from .activities import Letters, greet

    @workflow_type(name="child", queue="mail")
    class Child(Workflow[str, str]):
        async def run(self, input: str) -> str:
            return input

    @workflow_type(name="welcome", queue="standard")
    class Welcome(Workflow[str, str]):
        async def run(self, input: str) -> str:
            limit = timedelta(1)
            return await CALL
"""


@pytest.mark.parametrize(
    ("code", "written"),
    [
        pytest.param("queue-mismatch", "call(greet, input, local=True)", id="local"),
        pytest.param(
            "queue-mismatch",
            "workflow.execute_activity(greet, input, start_to_close_timeout=limit)",
            id="beside its caller",
        ),
        pytest.param(
            "queue-mismatch", "workflow.execute_child_workflow(Child.run, input)", id="child"
        ),
        pytest.param(
            "queue-unknown",
            'workflow.execute_activity_method(Letters.post, input, task_queue="mial")',
            id="unknown queue",
        ),
        pytest.param(
            "activity-unserved",
            'workflow.execute_activity_method(Letters.post, input, task_queue="scheduled")',
            id="queue without work",
        ),
    ],
)
def test_a_call_that_no_worker_would_take_is_refused(
    package: Package, code: str, written: str
) -> None:
    """Whatever calls it, and whether the queue is said or follows from where the call stands."""
    workflows = CALLER.replace("CALL", written)

    [problem] = refusal(package(activities=ACTIVITIES, workflows=workflows))

    assert problem.code == code
    assert problem.place.endswith("workflows.py:16")


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("call(Letters.post, input, local=True)", id="local"),
        pytest.param(
            'workflow.execute_child_workflow(Child.run, input, task_queue="mail")', id="child"
        ),
        pytest.param('limit.call("something else")', id="another call"),
    ],
)
def test_a_call_that_a_worker_takes_is_let_through(package: Package, written: str) -> None:
    """A check that refuses what works would be switched off."""
    catalog = discover(package(activities=ACTIVITIES, workflows=CALLER.replace("CALL", written)))

    assert len(catalog.workflows) == 2


def test_a_syntax_error_is_told_with_its_line(package: Package) -> None:
    """No traceback, and other modules are still looked at."""
    settings = package(activities="def broken(:\n", workflows="import no_such_library\n")

    found = {problem.place.rsplit("/", 1)[-1]: problem for problem in refusal(settings)}

    assert set(found) == {"activities.py:1", "workflows.py:1"}
    assert "no_such_library" in found["workflows.py:1"].message


@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        pytest.param(
            """
            from everloom.authoring import provider

            @provider
            def clock(settings: "Nowhere") -> int: ...
            """,
            4,
            "Nowhere",
            id="provider",
        ),
        pytest.param(
            """
            from everloom.authoring import activity_type

            class Letters:
                def __init__(self, box: "Nowhere") -> None: ...

                @activity_type(name="post")
                async def post(self) -> None: ...
            """,
            4,
            "Nowhere",
            id="activities",
        ),
        pytest.param(
            """
            from everloom.authoring import Workflow, workflow_type

            @workflow_type(name="late")
            class Late(Workflow[int, int]):
                async def run(self, input: "Nowhere") -> int: ...
            """,
            4,
            "Nowhere",
            id="workflow",
        ),
        pytest.param(
            """
            from everloom.authoring import Workflow, workflow_type

            @workflow_type(name="late")
            class Late(Workflow[int, int]):
                def run(self, input: int) -> int: ...
            """,
            4,
            "not `async`",
            id="plain run",
        ),
    ],
)
def test_a_declaration_that_cannot_be_read_is_told_with_its_line(
    package: Package, code: str, line: int, said: str
) -> None:
    """Not as a worker that crashes again and again."""
    [problem] = refusal(package(declared=code))

    assert said in problem.message
    assert problem.place.endswith(f"declared.py:{line}")


def test_a_package_that_is_not_there_is_told() -> None:
    """The setting that named it is the place."""
    [problem] = refusal(Settings(catalog=CatalogSettings(packages=("no_such_package",))))

    assert (problem.code, problem.place) == ("package-unknown", "catalog.packages")


def test_routes_are_left_to_the_api(package: Package) -> None:
    """A worker must not import a web framework, nor fail on a broken route."""
    catalog = discover(package(activities=ACTIVITIES, routes="raise RuntimeError"))

    assert len(catalog.activities) == 2


def test_an_unknown_workflow_gets_the_nearest_name(package: Package) -> None:
    """Asking by name fails helpfully."""
    catalog = discover(package(activities=ACTIVITIES, workflows=WORKFLOWS))

    with pytest.raises(WorkflowUnknown) as caught:
        catalog.read_workflow("wellcome")

    assert caught.value.hint == "Did you mean `welcome`?"


def _dedent(text: str) -> str:
    return "\n".join(line[4:] for line in text.splitlines())


@pytest.mark.parametrize("written", ["workflows", "settings"])
def test_a_module_that_ends_the_program_is_told_with_its_line(
    package: Package, written: str
) -> None:
    """`sys.exit()` at the top of a module is a problem like any other, not the end of a process."""
    settings = package(**{written: "import sys\n\n\nsys.exit(7)\n"})

    _, from_settings = find_app_settings(settings)
    with pytest.raises(CatalogInvalid) as refused:
        discover(settings)

    told = [*refused.value.problems, *from_settings]
    assert len(told) == (2 if written == "settings" else 1)
    for problem in told:
        assert "SystemExit(7)" in problem.message
        assert problem.place.endswith(f"{written}.py:4")
        assert "__main__" in problem.hint

"""How the reference interpreter tries: again as often as the policy says, then what `catch` does."""

from collections.abc import Mapping

from tests.language.properties.outcome import Running, Task, Variables
from tests.language.properties.problems import Json, Problem, TaskFault, normal_type


def attempt(run: Running, task: Task, data: Json) -> tuple[Json, str | None]:
    """The output of the tasks or of the catch, and the directive of the catch if it caught."""
    retries = 0
    while True:
        try:
            return run.task_list(task.definition["try"], data, f"{task.at}/try", task.around), None
        except TaskFault as fault:
            if not catches(run, task, fault.problem):
                raise
            if not may_retry(run, task, fault.problem, retries):
                return handle(run, task, data, fault)
        retries += 1
        run.log(task, "retried")


def catches(run: Running, task: Task, problem: Problem) -> bool:
    """Whether the filter and the conditions of the catch let an error in."""
    catch = task.definition["catch"]
    wanted: dict[str, Json] = catch.get("errors", {}).get("with", {})
    return fits(wanted, problem) and passes(run, catch, problem, task)


def fits(wanted: Mapping[str, Json], problem: Problem) -> bool:
    """Whether an error has all the properties that a filter names."""
    for name, value in wanted.items():
        found = problem.get("detail" if name == "details" else name)
        if found != (normal_type(value) if name == "type" else value):
            return False
    return True


def passes(run: Running, clause: dict[str, Json], problem: Problem, task: Task) -> bool:
    """Whether `when` and `exceptWhen` of a catch or a retry policy hold of an error."""
    named = variable(task, problem)
    if not run.holds(clause, "when", problem, task, named):
        return False
    return "exceptWhen" not in clause or not run.holds(clause, "exceptWhen", problem, task, named)


def may_retry(run: Running, task: Task, problem: Problem, retries: int) -> bool:
    """Whether the policy, if there is one, allows one more retry of this error."""
    policy = policy_of(run, task)
    if policy is None:
        return False
    count = policy.get("limit", {}).get("attempt", {}).get("count")
    return (count is None or retries < count) and passes(run, policy, problem, task)


def handle(run: Running, task: Task, data: Json, fault: TaskFault) -> tuple[Json, str | None]:
    """What the catch does with an error that is not retried, or not any more.

    A catch that only retries has nothing to handle it with: the error goes on.
    """
    catch = task.definition["catch"]
    if policy_of(run, task) is not None and not {"do", "then"} & catch.keys():
        raise fault
    around = {**task.around, **variable(task, fault.problem)}
    output = run.task_list(catch.get("do", []), data, f"{task.at}/catch/do", around)
    return output, catch.get("then")


def policy_of(run: Running, task: Task) -> dict[str, Json] | None:
    """The retry policy, by name or in place."""
    policy = task.definition["catch"].get("retry")
    return run.use["retries"][policy] if isinstance(policy, str) else policy


def variable(task: Task, problem: Problem) -> Variables:
    """The error under the name that the catch gives it."""
    return {task.definition["catch"].get("as", "error"): problem}

"""What each kind of task does in the reference interpreter, apart from what all have in common."""

from tests.language.properties.catching import attempt
from tests.language.properties.forking import fork
from tests.language.properties.outcome import EndOfWorkflow, Running, Task, escaped
from tests.language.properties.problems import Json, TaskFault, is_list, normal_type, standard_fault


def work(run: Running, task: Task, data: Json) -> tuple[Json, str | None]:
    """The raw output of a task, and the directive of a case or a catch, if one decides."""
    if "switch" in task.definition:
        return data, switch(run, task, data)
    if "try" in task.definition:
        return attempt(run, task, data)
    for kind, does in WORKS.items():
        if kind in task.definition:
            return does(run, task, data), None
    raise NotImplementedError(task.definition)


def switch(run: Running, task: Task, data: Json) -> str | None:
    """The directive of the first case that matches, else of the default."""
    otherwise: str | None = None
    for each in task.definition["switch"]:
        (case,) = each.values()
        if "when" not in case:
            otherwise = case["then"]
        elif run.holds(case, "when", data, task):
            return str(case["then"])
    return otherwise


def do(run: Running, task: Task, data: Json) -> Json:
    """The output of the last task that ran."""
    return run.task_list(task.definition["do"], data, f"{task.at}/do", task.around)


def loop(run: Running, task: Task, data: Json) -> Json:
    """The output of the last pass, or the input where there was none."""
    wanted = task.definition["for"]
    items = run.transform(wanted["in"], data, task)
    if not is_list(items):
        raise standard_fault("expression", task.at, "`for.in` is no list")
    for index, item in enumerate(items):
        named = {wanted.get("each", "item"): item, wanted.get("at", "index"): index}
        if not run.holds(task.definition, "while", data, task, named):
            break
        around = {**task.around, **named}
        data = run.task_list(task.definition["do"], data, f"{task.at}/do", around)
    return data


def put(run: Running, task: Task, data: Json) -> Json:
    """The values of a set, which replace the data."""
    return run.fill(task.definition["set"], data, task)


def fail(run: Running, task: Task, data: Json) -> Json:
    """Nothing: the error of a raise, by name or in place."""
    error = task.definition["raise"]["error"]
    wanted = run.use["errors"][error] if isinstance(error, str) else error
    problem = run.fill(wanted, data, task)
    problem["type"] = normal_type(problem["type"])
    raise TaskFault({"instance": task.at, **problem})


def wait(run: Running, task: Task, data: Json) -> Json:
    """The input: time does not pass here."""
    run.pauses += 1
    return data


def emit(run: Running, task: Task, data: Json) -> Json:
    """The whole event, as it is sent."""
    attributes = run.fill(task.definition["emit"]["event"]["with"], data, task)
    made = {"id": f"event-{len(run.done.events)}", "time": "1970-01-01T00:00:00Z"}
    event = {"specversion": "1.0", **made, **attributes}
    run.done.events.append(event)
    run.pauses += 1
    return event


def child(run: Running, task: Task, data: Json) -> Json:
    """What the other definition puts out; its error is this task's error, and comes from here."""
    wanted = task.definition["run"]["workflow"]
    (definition,) = (each for each in run.others if is_meant(wanted, each["document"]))
    run.pauses += 1
    outcome = run.child(definition, run.fill(wanted.get("input"), data, task))
    if not task.definition["run"].get("await", True):
        return data
    if outcome.error is not None:
        raise TaskFault({**outcome.error, "instance": task.at})
    return outcome.output


def is_meant(wanted: dict[str, Json], document: dict[str, Json]) -> bool:
    """Whether a `run.workflow` names the definition of this document."""
    version = wanted["version"] in {document["version"], "latest"}
    return version and all(wanted[key] == document[key] for key in ("namespace", "name"))


def call(run: Running, task: Task, data: Json) -> Json:
    """What a function of the definition makes of its arguments."""
    name = task.definition["call"]
    arguments = run.fill(task.definition.get("with", data), data, task)
    function = Task(
        f"/use/functions/{escaped(name)}", name, run.use["functions"][name], arguments, {}
    )
    run.called += 1
    output, then = run.task(function)
    if then == "end":
        raise EndOfWorkflow(output)
    return output


WORKS = {
    "for": loop, "do": do, "set": put, "fork": fork, "raise": fail,
    "wait": wait, "emit": emit, "run": child, "call": call,
}  # fmt: skip
"""In this order: a `for` has a `do` as well."""

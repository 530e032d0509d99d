"""How the reference interpreter forks: one branch after the other, each with its own context."""

from tests.language.properties.outcome import EndOfWorkflow, Running, Task, Undecided, escaped
from tests.language.properties.problems import Json, TaskFault, is_object


def fork(run: Running, task: Task, data: Json) -> Json:
    """Outputs of all branches in order, or of the first that succeeds."""
    branches = branches_of(task, data)
    pauses, called = run.pauses, run.called
    competing = bool(task.definition["fork"].get("compete"))
    try:
        output = (race if competing else gather)(run, branches)
    except (TaskFault, EndOfWorkflow):
        decide(run, pauses, ordered=False)
        raise
    decide(run, pauses, ordered=not competing and run.called == called)
    return output


def decide(run: Running, pauses: int, *, ordered: bool) -> None:
    """Give up where it matters who is first, and a branch had to wait."""
    waited = run.pauses > pauses
    run.pauses += 1
    run.done.concurrent = run.done.concurrent or waited
    if waited and not ordered:
        raise Undecided


def branches_of(task: Task, data: Json) -> list[Task]:
    """The branches as tasks, all with the same input."""
    wanted = [next(iter(each.items())) for each in task.definition["fork"]["branches"]]
    return [
        Task(f"{task.at}/fork/branches/{index}/{escaped(name)}", name, each, data, task.around)
        for index, (name, each) in enumerate(wanted)
    ]


def gather(run: Running, branches: list[Task]) -> Json:
    """The outputs in order; the first fault is the fork's. Contexts meet in order at the end."""
    before = run.context
    outputs: list[Json] = []
    contexts: list[Json] = []
    for number, branch in enumerate(branches, start=1):
        run.context = before
        try:
            outputs.append(one(run, branch))
        except (TaskFault, EndOfWorkflow):
            run.done.racing |= {each.at for each in branches[number:]}
            run.context = before
            raise
        contexts.append(run.context)
    run.context = merged(before, contexts)
    return outputs


def race(run: Running, branches: list[Task]) -> Json:
    """The output of the first that succeeds, whose context stays; else the last fault."""
    before = run.context
    for number, branch in enumerate(branches, start=1):
        run.context = before
        try:
            output = one(run, branch)
        except TaskFault:
            run.context = before
            if number == len(branches):
                raise
        except EndOfWorkflow:
            run.done.racing |= {each.at for each in branches[number:]}
            raise
        else:
            run.done.racing |= {each.at for each in branches[number:]}
            return output
    return None


def one(run: Running, branch: Task) -> Json:
    """The output of a branch; where to go on means nothing in it but `end`."""
    output, then = run.task(branch)
    if then == "end":
        raise EndOfWorkflow(output)
    return output


def merged(before: Json, contexts: list[Json]) -> Json:
    """What the branches changed in the context, one after the other."""
    context = before
    for each in contexts:
        if is_object(context) and is_object(each):
            old: dict[str, Json] = before if is_object(before) else {}
            changed = {key: each[key] for key in each if key not in old or each[key] != old[key]}
            gone = old.keys() - each.keys()
            context = {key: context[key] for key in context if key not in gone} | changed
        elif each != before:
            context = each
    return context

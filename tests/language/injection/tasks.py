"""Texts in lists of tasks: their names, what they set, what their expressions say."""

import json

from tests.language.injection.making import (
    ERROR,
    Object,
    Texts,
    definition,
    in_turn,
    numbered,
)


def task_names(texts: Texts) -> Object:
    """Names of tasks."""
    seen = {"found": "${ (.found // []) + [$task.name] }"}
    return definition([{text: {"set": seen}} for text in texts])


def nested_names(texts: Texts) -> Object:
    """Names of tasks in all kinds of lists."""
    tasks = [{text: {"set": {"found": "${ (.found // []) + [$task.name] }"}}} for text in texts]
    loop: Object = {
        "for": {"in": "[1]"},
        "do": [{"try": {"try": [{"do": {"do": tasks}}], "catch": {}}}],
    }
    return definition([{"loop": loop}])


def branch_names(texts: Texts) -> Object:
    """Names of branches."""
    branches = [{text: {"set": "${ $task.name }"}} for text in texts]
    fork = {"fork": {"branches": branches}, "output": {"as": "{found: .}"}}
    return definition([{"fork": fork}])


def jumps(texts: Texts) -> Object:
    """Names in `then`: from each to the next, past a task that nobody shall reach."""
    tasks: list[Object] = [{"begin": {"set": {"found": []}, "then": texts[0]}}]
    for number, text in enumerate(texts):
        following = [*texts, "exit"][number + 1]
        seen = {"found": "${ .found + [$task.name] }"}
        tasks += [{f"wrong {number}": {"set": {"found": "wrong"}, "then": "end"}}]
        tasks += [{text: {"set": seen, "then": following}}]
    return definition(tasks)


def cases(texts: Texts) -> Object:
    """Names of cases of a switch."""
    listed = [{text: {"when": ".x == 99", "then": "end"}} for text in texts]
    return definition([
        {"choose": {"switch": [*listed, {"otherwise": {"then": "last"}}]}},
        {"last": {"set": {"found": "${ [$workflow.definition.do[0].choose.switch[:-1][] | keys[0]] }"}}},
    ])  # fmt: skip


def set_values(texts: Texts) -> Object:
    """Values of a set, in lists and objects as well."""
    return definition([{"put": {"set": {"found": list(texts), "deep": [{"x": texts[-1]}]},
                                "output": {"as": "{found}"}}}])  # fmt: skip


def set_keys(texts: Texts) -> Object:
    """Keys of a set."""
    return definition([
        {"put": {"set": {text: number for number, text in enumerate(texts)},
                 "output": {"as": "{found: (to_entries | sort_by(.value) | map(.key))}"}}},
    ])  # fmt: skip


def loop_items(texts: Texts) -> Object:
    """Items of a list in `for.in`."""
    body: list[Object] = [{"add": {"set": {"found": "${ (.found // []) + [$item] }"}}}]
    return definition([{"loop": {"for": {"in": list(texts)}, "do": body}}])


def jq_texts(texts: Texts) -> Object:
    """Literal texts within expressions."""
    return definition(in_turn(texts, lambda text: {"set": f"${{ {json.dumps(text)} }}"}))


def jq_keys(texts: Texts) -> Object:
    """Keys within expressions, in a bare field."""

    def reading(text: str) -> Object:
        key = json.dumps(text)
        return {"set": {"x": 1}, "if": f"{{{key}: 1}} | has({key})"}

    tasks = numbered(texts, reading)
    return definition([*tasks, {"last": {"set": {"found": len(texts)}}}])


def conditions(texts: Texts) -> Object:
    """Literal texts in `when`, `while` and `exceptWhen`."""

    def looking(text: str) -> Object:
        key = json.dumps(text)
        failing: list[Object] = [{"boom": {"raise": {"error": {**ERROR, "title": text}}}}]
        catch = {"when": f".title == {key}", "exceptWhen": f"$error.title != {key}",
                 "do": [{"put": {"set": {"found": "${ $error.title }"}}}]}  # fmt: skip
        body: list[Object] = [{"try": {"try": failing, "catch": catch}}]
        return {"for": {"in": f"[{key}]"}, "while": f"$item == {key}", "do": body}

    tasks = numbered(texts, looking)
    for task in tasks:
        (each,) = task.values()
        each["export"] = {"as": "{found: (($context.found // []) + [.found])}"}
    return definition([*tasks, {"last": {"set": {"found": "${ $context.found }"}}}])

"""Texts in errors, functions, documents, events and schemas."""

from tests.language.injection.making import (
    ERROR,
    Json,
    Object,
    Texts,
    definition,
    in_turn,
    numbered,
)


def error_parts(texts: Texts) -> Object:
    """Title and detail of an error, and a filter for both."""

    def raising(text: str) -> Object:
        error = {**ERROR, "title": text, "detail": text}
        catch = {"errors": {"with": {"title": text, "detail": text}},
                 "do": [{"put": {"set": {"t": "${ $error.title }", "d": "${ $error.detail }"}}}]}  # fmt: skip
        return {"try": [{"boom": {"raise": {"error": error}}}], "catch": catch}

    tasks = in_turn(texts, raising)
    for task in tasks:
        (each,) = task.values()
        each["output"] = {"as": "{found: ($input.found + [if .t == .d then .t else null end])}"}
    return definition(tasks)


def error_names(texts: Texts) -> Object:
    """Names in `use.errors`."""
    errors = {text: {**ERROR, "detail": f"number {number}"} for number, text in enumerate(texts)}

    def raising(text: str) -> Object:
        catch = {"do": [{"put": {"set": "${ $error.detail }"}}]}
        return {"try": [{"boom": {"raise": {"error": text}}}], "catch": catch}

    return definition(in_turn(texts, raising), use={"errors": errors})


def numbers_of(texts: Texts) -> Json:
    """What the errors of `error_names` say."""
    return {"found": [f"number {number}" for number, _ in enumerate(texts)]}


def function_names(texts: Texts) -> Object:
    """Names in `use.functions`."""
    functions = {text: {"set": "${ $task.name }"} for text in texts}
    calls = in_turn(texts, lambda text: {"call": text, "with": {}})
    return definition(calls, use={"functions": functions})


def policy_names(texts: Texts) -> Object:
    """Names in `use.retries` and `use.timeouts`."""
    retries = {text: {"limit": {"attempt": {"count": 0}}} for text in texts}
    timeouts = {text: {"after": {"hours": 1}} for text in texts}

    def using(text: str) -> Object:
        catch = {"retry": text, "do": [{"put": {"set": {"x": 1}}}]}
        return {"try": [{"boom": {"raise": {"error": ERROR}}}], "catch": catch, "timeout": text}

    tasks = numbered(texts, using)
    last = {"last": {"set": {"found": len(texts)}}}
    return definition([*tasks, last], use={"retries": retries, "timeouts": timeouts})


def document_parts(texts: Texts) -> Object:
    """Title, summary, tags and metadata of the document."""
    tags = {text: text for text in texts}
    document = {
        "title": texts[0],
        "summary": texts[-1],
        "tags": tags,
        "metadata": {"x": list(texts)},
    }
    seen = "${ $workflow.definition.document | [.title, .summary, .metadata.x, (.tags | keys | length)] }"
    return definition([{"look": {"set": {"found": seen}}}], document=document)


def parts_of(texts: Texts) -> Json:
    """What the document of `document_parts` says."""
    return {"found": [texts[0], texts[-1], list(texts), len(set(texts))]}


def title(texts: Texts) -> Object:
    """The title of the document, which becomes a docstring."""
    seen = "${ [$workflow.definition.document.title] }"
    return definition([{"look": {"set": {"found": seen}}}], document={"title": texts[0]})


def summary(texts: Texts) -> Object:
    """The summary of the document, which becomes a docstring."""
    seen = "${ [$workflow.definition.document.summary] }"
    return definition([{"look": {"set": {"found": seen}}}], document={"summary": texts[0]})


def task_metadata(texts: Texts) -> Object:
    """Keys and values of the metadata of a task."""

    def noting(text: str) -> Object:
        return {"set": "${ $task.definition.metadata.x }", "metadata": {text: text, "x": text}}

    return definition(in_turn(texts, noting))


def event_parts(texts: Texts) -> Object:
    """Type, subject, attributes and data of an event."""

    def emitting(text: str) -> Object:
        event = {
            "source": "https://example.com/x",
            "type": text,
            "subject": text,
            "data": [text, {text: 1}],
        }
        return {"emit": {"event": {"with": event}}}

    tasks = in_turn(texts, emitting)
    for task in tasks:
        (each,) = task.values()
        same_type = "if .type == .data[0] and .subject == .type then .type else null end"
        each["output"] = {"as": f"{{found: ($input.found + [{same_type}])}}"}
    return definition(tasks)


def schemas(texts: Texts) -> Object:
    """Texts and keys within schemas of inputs and outputs."""

    def holding(text: str) -> Object:
        document = {"title": text, "properties": {"x": {"const": text}}, "required": ["x"]}
        schema = {"format": "json", "document": document}
        return {"set": {"x": text}, "output": {"schema": schema, "as": "{x}"}}

    tasks = numbered(texts, holding)
    return definition([*tasks, {"last": {"set": {"found": len(texts)}}}])


def shapes(texts: Texts) -> Object:
    """Keys and values of objects in `from`, `as` and `export.as`."""

    def shaping(text: str) -> Object:
        return {"set": {"x": 1}, "output": {"as": {"value": text, f"key {text}": 1}},
                "export": {"as": {"found": "${ ($context.found // []) + [.value] }"}}}  # fmt: skip

    tasks = numbered(texts, shaping)
    return definition([*tasks, {"last": {"set": {"found": "${ $context.found }"}}}])


def child_input(texts: Texts) -> Object:
    """Keys and values of the input of another workflow."""
    wanted = {"namespace": "injection", "name": "other", "version": "1.0.0"}
    run = {"workflow": {**wanted, "input": {"all": list(texts), "keys": dict.fromkeys(texts, 1)}}}
    return definition([{"run": {"run": run}}])

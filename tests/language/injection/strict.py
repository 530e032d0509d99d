"""Texts where not every text is allowed, or where a run would reach outside."""

from tests.language.injection.making import DO_NOTHING, ERROR, Object, Texts, definition, numbered


def loop_variables(texts: Texts) -> Object:
    """Names of variables: `each` and `at`."""
    body: list[Object] = [{"x": DO_NOTHING}]

    def looping(text: str) -> Object:
        return {"for": {"in": "[1]", "each": text, "at": f"{text}_at"}, "do": body}

    return definition([*numbered(texts, looping), {"last": {"set": {"found": len(texts)}}}])


def error_variables(texts: Texts) -> Object:
    """Names of variables: `as`."""

    def catching(text: str) -> Object:
        return {"try": [{"boom": {"raise": {"error": ERROR}}}], "catch": {"as": text}}

    return definition([*numbered(texts, catching), {"last": {"set": {"found": len(texts)}}}])


def document_name(texts: Texts) -> Object:
    """The name of the document."""
    return definition([{"x": DO_NOTHING}], document={"name": texts[0]})


def document_namespace(texts: Texts) -> Object:
    """The namespace of the document."""
    return definition([{"x": DO_NOTHING}], document={"namespace": texts[0]})


def document_version(texts: Texts) -> Object:
    """The version of the document."""
    return definition([{"x": DO_NOTHING}], document={"version": texts[0]})


def http_parts(texts: Texts) -> Object:
    """Headers, query, body and path of an HTTP call: compiled, not sent."""
    call = {"method": "post", "endpoint": "http://127.0.0.1:9/x", "query": {text: text for text in texts},
            "headers": {f"x-{number}": text for number, text in enumerate(texts)},
            "body": {text: text for text in texts}}  # fmt: skip
    return definition([{"call": {"call": "http", "with": call}}])


def header_names(texts: Texts) -> Object:
    """Names of headers."""
    call = {
        "method": "get",
        "endpoint": "http://127.0.0.1:9/x",
        "headers": dict.fromkeys(texts, "x"),
    }
    return definition([{"call": {"call": "http", "with": call}}])


def options(texts: Texts) -> Object:
    """Queue and summary in `metadata.everloom` of a call."""

    def calling(text: str) -> Object:
        call = {"method": "get", "endpoint": "http://127.0.0.1:9/x"}
        return {
            "call": "http",
            "with": call,
            "metadata": {"everloom": {"queue": text, "summary": text}},
        }

    return definition(numbered(texts, calling))


def event_filters(texts: Texts) -> Object:
    """Types of events that a listen waits for, and names of correlations."""

    def listening(text: str) -> Object:
        return {"listen": {"to": {"one": {"with": {"type": text, "subject": text}}}}}

    return definition(numbered(texts, listening))


def scripts(texts: Texts) -> Object:
    """Code, arguments and environment of a script: compiled, not run."""

    def running(text: str) -> Object:
        script = {"language": "python", "code": text or "pass", "arguments": [text],
                  "environment": {"X": text}}  # fmt: skip
        return {"run": {"script": script}}

    return definition(numbered(texts, running))


def access_names(texts: Texts) -> Object:
    """Names of secrets and of authentications: compiled, not sent."""
    policies = {text: {"basic": {"use": text}} for text in texts if text}
    tasks = [
        {"call": "http", "with": {"method": "get", "endpoint": {"uri": "http://127.0.0.1:9/x", "authentication": {"use": text}}}}
        for text in policies
    ]  # fmt: skip
    named = [{f"task {number}": task} for number, task in enumerate(tasks)]
    use: Object = {"secrets": list(policies), "authentications": policies}
    return definition([*named, {"x": DO_NOTHING}], use=use)


def extension_names(texts: Texts) -> Object:
    """Names of extensions, and of the tasks in them."""
    extensions = [{text: {"extend": "set", "before": [{text: DO_NOTHING}]}} for text in texts]
    last: Object = {"last": {"set": {"found": len(texts)}}}
    return definition([last], use={"extensions": extensions})


def views(texts: Texts) -> Object:
    """Names of queries and updates."""
    updates: Object = {text: {} for text in texts}
    metadata: Object = {"everloom": {"queries": dict.fromkeys(texts, "."), "updates": updates}}
    return definition([{"x": DO_NOTHING}], document={"metadata": metadata})

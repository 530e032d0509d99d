"""What lies elsewhere: what is wanted, and what is said of it once it is there."""

import pytest
from tests.language.checking.marking import HEAD, codes

from everloom.language import ResourceRequest, check_definition, function_address, wanted_resources

TEXT = (
    HEAD
    + """\
use:
  secrets: [login]
  authentications: {known: {basic: {use: login}}}
  catalogs:
    shelf: {endpoint: {uri: https://shelf.test/root/, authentication: {use: known}}}
    hub: {endpoint: https://github.com/acme/catalog/tree/main/flows}
input: {schema: {resource: {endpoint: https://x.test/order.json}}}
do:
- a: {call: log:1.2.0@shelf, with: {text: hello}}
- b: {call: log:1.2.0@hub}
- c: {call: log:1.2.0@shelf}
- d: {call: charge:1.0.0@default}
- e: {wait: PT1S, output: {schema: {resource: {endpoint: https://x.test/order.json}}}}
"""
)
SHELF = "https://shelf.test/root/functions/log/1.2.0/function.yaml"
ORDER = "https://x.test/order.json"


def test_each_address_is_wanted_once() -> None:
    """With who asks for it, names of policies replaced by what they hold."""
    definition = check_definition(TEXT).definition
    assert definition is not None

    assert wanted_resources(definition) == [
        ResourceRequest("/input/schema/resource", "schema", ORDER),
        ResourceRequest("/do/0/a/call", "function", SHELF, {"basic": {"use": "login"}}),
        ResourceRequest(
            "/do/1/b/call",
            "function",
            "https://raw.githubusercontent.com/acme/catalog/refs/heads/main/flows"
            "/functions/log/1.2.0/function.yaml",
        ),
    ]


@pytest.mark.parametrize(
    ("root", "address"),
    [
        ("https://x.test", "https://x.test/functions/f/1.0.0/function.yaml"),
        ("https://x.test/a/", "https://x.test/a/functions/f/1.0.0/function.yaml"),
        (
            "https://github.com/acme/catalog",
            "https://raw.githubusercontent.com/acme/catalog/HEAD/functions/f/1.0.0/function.yaml",
        ),
        (
            "https://github.com/acme/catalog.git/",
            "https://raw.githubusercontent.com/acme/catalog/HEAD/functions/f/1.0.0/function.yaml",
        ),
        (
            "https://gitlab.com/acme/more/catalog/-/tree/main",
            "https://gitlab.com/acme/more/catalog/-/raw/main/functions/f/1.0.0/function.yaml",
        ),
    ],
)
def test_a_function_lies_where_the_standard_says(root: str, address: str) -> None:
    """Pages of repositories stand for the files that they show."""
    text = (
        f"{HEAD}use: {{catalogs: {{c: {{endpoint: '{root}'}}}}}}\ndo: [{{a: {{call: f:1.0.0@c}}}}]"
    )
    definition = check_definition(text).definition
    assert definition is not None

    assert function_address("f:1.0.0@c", definition.model.use) == address
    assert function_address("f:1.0.0@default", definition.model.use) is None


@pytest.mark.parametrize(
    ("function", "code", "says"),
    [
        ({"sett": {"a": 1}}, "catalog-function-not-fitting", "Did you mean `set`?"),
        ([], "catalog-function-not-fitting", "an object"),
        ({"set": {"a": "${ now }"}}, "expression-forbidden", "In the function `log:1.2.0@shelf`"),
        ({"raise": {"error": "gone"}}, "error-unknown", "In the function `log:1.2.0@shelf`"),
        ({"call": "more:1.0.0@shelf"}, "call-not-supported", "is not fetched"),
        ({"call": "log:1.2.0@shelf"}, "functions-in-a-circle", "In the function"),
    ],
)
def test_a_fetched_function_is_checked_like_the_definitions_own(
    function: object, code: str, says: str
) -> None:
    """What is wrong with it is shown where it is called."""
    problems = check_definition(TEXT, resources={SHELF: (function, "")}).problems

    assert codes(problems) == [code]
    assert problems[0].pointer == "/do/0/a/call"
    assert problems[0].line == TEXT[: TEXT.index("- a:")].count("\n") + 1
    assert says in problems[0].sentence()


def test_a_fetched_function_that_is_right_passes() -> None:
    """It may use what the definition names."""
    function = {"do": [{"x": {"set": {"a": "${ .text }"}}}, {"y": {"wait": "PT1S"}}]}

    assert check_definition(TEXT, resources={SHELF: (function, "")}).problems == ()


def test_a_fetched_schema_is_checked() -> None:
    """At every place that refers to it."""
    problems = check_definition(TEXT, resources={ORDER: ({"type": "objekt"}, "")}).problems

    assert [(each.code, each.pointer) for each in problems] == [
        ("schema-not-fitting", "/input/schema/resource"),
        ("schema-not-fitting", "/do/4/e/output/schema/resource"),
    ]

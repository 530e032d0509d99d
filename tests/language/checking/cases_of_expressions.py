"""Expressions that are wrong: code, pointer, and the text with a mark at the place."""

CASES = [
    ("expression-syntax", "/do/0/a/set/b", 'do:\n- a:\n    set: {b: "${ .c + @@)"}\n'.replace(")", ") }")),
    ("expression-syntax", "/do/0/a/if", "do:\n- a:\n    if: .b |@@\n    wait: PT1S\n"),
    ("expression-forbidden", "/do/0/a/set/b", "do:\n- a:\n    set:\n      b: ${ .c | @@now }\n"),
    ("expression-forbidden", "/do/0/a/set/b", "do:\n- a:\n    set:\n      b: '${ \"it''s\" + @@$ENV.HOME }'\n"),
    ("expression-forbidden", "/do/0/a/if", "do:\n- a:\n    if: |\n      .b\n        | @@env\n    wait: PT1S\n"),
    ("expression-forbidden", "/do/0/a/if", "do:\n- a:\n    if: >-\n      .b\n      | @@input\n    wait: PT1S\n"),
    ("expression-unbounded", "/do/0/a/set/b", "do:\n- a:\n    set:\n      b: '${ [@@repeat(1)] }'\n"),
    ("expression-unknown-function", "/do/0/a/set/b", 'do:\n- a:\n    set:\n      b: "${ \\"\\\\t\\" | @@tolower }"\n'),
    ("expression-not-closed", "/do/0/a/set/b", "do:\n- a:\n    set: {b: 'x @@${ .c'}\n"),
    ("expression-in-text", "/do/0/a/set/b", "do:\n- a:\n    set: {b: @@'Hello ${ .name }!'}\n"),
    ("literal-like-expression", "/do/0/a/set/b", "do:\n- a:\n    set: {b: @@.customer.name}\n"),
    (
        "shell-expression-misplaced",
        "/do/0/a/run/shell/command",
        "do:\n- a:\n    run:\n      shell: {command: 'sh -c ''${ @@.code }'''}\n".replace("''", "''"),
    ),
    ("variable-unknown", "/do/0/a/set/b", "do:\n- a:\n    set:\n      b: ${ @@$customer.name }\n"),
    (
        "variable-unknown",
        "/do/1/c/set/d",
        "do:\n- a:\n    for: {in: .b}\n    do: [{x: {set: {y: '${ $item }'}}}]\n- c:\n    set:\n      d: ${ @@$item }\n",
    ),
    (
        "variable-unknown",
        "/use/functions/f/set/b",
        ("use:\n  functions:\n    f: {set: {b: '${ @@$item }'}}\n"
        "do: [{a: {for: {in: .b}, do: [{c: {call: f}}]}}]\n"),
    ),
    ("variable-not-here", "/do/0/a/if", "do:\n- a:\n    if: @@$input.b\n    wait: PT1S\n"),
    ("variable-not-here", "/do/0/a/output/as", "do:\n- a:\n    wait: PT1S\n    output: {as: @@$output}\n"),
    ("variable-not-here", "/input/from", "input: {from: .a + @@$context}\ndo: [{a: {wait: PT1S}}]\n"),
    ("variable-not-here", "/output/as", "output: {as: @@$task.name}\ndo: [{a: {wait: PT1S}}]\n"),
    ("secret-in-history", "/do/0/a/set/b", "use: {secrets: [s]}\ndo:\n- a:\n    set:\n      b: ${ @@$secrets.s }\n"),
    (
        "secret-in-history",
        "/do/0/a/with/b",
        ("use: {secrets: [s], functions: {f: {wait: PT1S}}}\n"
        "do:\n- a:\n    call: f\n    with:\n      b: ${ @@$secrets.s }\n"),
    ),
    ("authorization-in-history", "/do/0/a/output/as", "do:\n- a:\n    wait: PT1S\n    output: {as: @@$authorization}\n"),
    ("value-not-fixed", "/schedule/every", "schedule:\n  every: @@${ .often }\ndo: [{a: {wait: PT1S}}]\n"),
    (
        "value-not-fixed",
        "/input/schema/resource/endpoint",
        "input:\n  schema:\n    resource: {endpoint: @@'https://x.test/{name}'}\ndo: [{a: {wait: PT1S}}]\n",
    ),
    (
        "value-not-fixed",
        "/use/catalogs/c/endpoint/uri",
        "use:\n  catalogs:\n    c: {endpoint: {uri: @@'${ .where }'}}\ndo: [{a: {wait: PT1S}}]\n",
    ),
    (
        "field-dropped",
        "/do/1/c/set/d",
        "do:\n- a:\n    set: {b: 1}\n- c:\n    set:\n      d: @@${ .lost }\n",
    ),
    (
        "field-dropped",
        "/do/1/c/with/endpoint",
        ("do:\n- a:\n    wait: PT1S\n    output: {as: {b: '${ .b }'}}\n"
        "- c:\n    call: http\n    with: {method: get, endpoint: @@'https://x.test/{lost}'}\n"),
    ),
    (
        "field-of-a-list",
        "/do/0/a/output/as",
        "do:\n- a:\n    listen: {to: {any: []}}\n    output: {as: @@.orderId}\n",
    ),
    (
        "field-of-a-list",
        "/do/1/b/if",
        "do:\n- a:\n    listen: {to: {any: []}}\n- b:\n    if: @@.orderId == 3\n    wait: PT1S\n",
    ),
    (
        "event-data-twice",
        "/do/0/a/listen/to/one/with/data",
        "do:\n- a:\n    listen:\n      to: {one: {with: {data: @@'${ .data.n > 3 }'}}}\n",
    ),
]  # fmt: skip

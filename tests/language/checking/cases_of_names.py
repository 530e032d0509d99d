"""Definitions that refer to what is not there: code, pointer, and the text with a mark at the place."""

_ASK = "do:\n- a:\n    call: http\n    with:\n      method: get\n"

CASES = [
    (
        "authentication-unknown",
        "/do/0/a/with/endpoint/authentication/use",
        f"{_ASK}      endpoint: {{uri: 'https://x.test', authentication: {{use: @@shop}}}}\n",
    ),
    (
        "authentication-of-authentication",
        "/use/authentications/b/use",
        ("use:\n  authentications:\n    a: {bearer: {token: x}}\n    b: {use: @@a}\n"
        "do: [{a: {wait: PT1S}}]\n"),
    ),
    (
        "authentication-incomplete",
        "/use/authentications/a/oauth2",
        ("use:\n  authentications:\n    a:\n      @@oauth2: {authority: 'https://x.test',"
        " grant: client_credentials}\ndo: [{a: {wait: PT1S}}]\n"),
    ),
    (
        "authentication-incomplete",
        "/use/authentications/a/oidc",
        ("use:\n  authentications:\n    a:\n      @@oidc: {authority: 'https://x.test',"
        " grant: password, username: x, client: {id: x}}\ndo: [{a: {wait: PT1S}}]\n"),
    ),
    ("error-unknown", "/do/0/a/raise/error", "do:\n- a:\n    raise: {error: @@lost}\n"),
    (
        "retry-unknown",
        "/do/0/a/catch/retry",
        "do:\n- a:\n    try: [{b: {wait: PT1S}}]\n    catch: {retry: @@twice}\n",
    ),
    ("timeout-unknown", "/timeout", "timeout: @@soon\ndo: [{a: {wait: PT1S}}]\n"),
    ("timeout-unknown", "/do/0/a/timeout", "do:\n- a:\n    set: {b: 1}\n    timeout: @@soon\n"),
    (
        "secret-unknown",
        "/do/0/a/with/endpoint/authentication/basic/use",
        f"{_ASK}      endpoint: {{uri: 'https://x.test', authentication: {{basic: {{use: @@s}}}}}}\n",
    ),
    (
        "secret-unknown",
        "/do/0/a/with/headers/key",
        f"{_ASK}      endpoint: https://x.test\n      headers: {{key: \"${{ 'a' + @@$secrets.s }}\"}}\n".replace(
            "'", '\\"'
        ),
    ),
    ("catalog-unknown", "/do/0/a/call", "do:\n- a:\n    call: @@f:1.0.0@shelf\n"),
    ("function-unknown", "/do/0/a/call", "do:\n- a:\n    call: @@greet\n"),
    ("function-unknown", "/do/0/a/call", "do:\n- a:\n    call: @@shop.chrge:1.0.0@default\n"),
    ("function-unknown", "/do/0/a/call", "do:\n- a:\n    call: @@shop.charge:2.0.0@default\n"),
    (
        "functions-in-a-circle",
        "/use/functions/f/call",
        ("use:\n  functions:\n    f: {call: @@g}\n    g: {do: [{h: {call: f}}]}\n"
        "do: [{a: {wait: PT1S}}]\n"),
    ),
    (
        "functions-in-a-circle",
        "/use/functions/f/call",
        "use:\n  functions:\n    f: {call: @@f}\ndo: [{a: {wait: PT1S}}]\n",
    ),
    (
        "argument-missing",
        "/do/0/a/with",
        "do:\n- a:\n    call: shop.charge:1.0.0@default\n    @@with: {currency: EUR}\n",
    ),
    (
        "argument-unknown",
        "/do/0/a/with/amout",
        "do:\n- a:\n    call: shop.charge:1.0.0@default\n    with: {amount: 1, @@amout: 1}\n",
    ),
    (
        "argument-unknown",
        "/do/0/a/with/b",
        "do:\n- a:\n    call: shop.tick:1.0.0@default\n    with: {@@b: 1}\n",
    ),
    (
        "argument-wrong-type",
        "/do/0/a/with/amount",
        "do:\n- a:\n    call: shop.charge:1.0.0@default\n    with: {amount: @@'1'}\n",
    ),
    (
        "argument-wrong-type",
        "/do/0/a/with/currency",
        "do:\n- a:\n    call: shop.charge:1.0.0@default\n    with: {amount: 1, currency: @@DEM}\n",
    ),
    (
        "argument-wrong-type",
        "/do/0/a/call",
        "do:\n- a:\n    call: @@shop.greet:1.0.0@default\n    with: {name: x}\n",
    ),
    (
        "workflow-unknown",
        "/do/0/a/run/workflow/name",
        "do:\n- a:\n    run: {workflow: {namespace: shop, name: @@ordr}}\n",
    ),
    (
        "workflow-unknown",
        "/do/0/a/run/workflow/version",
        "do:\n- a:\n    run: {workflow: {namespace: shop, name: order, version: @@2.0.0}}\n",
    ),
    (
        "variable-not-a-name",
        "/do/0/a/for/each",
        "do:\n- a:\n    for: {each: @@my item, in: .b}\n    do: [{c: {wait: PT1S}}]\n",
    ),
    (
        "variable-taken",
        "/do/0/a/catch/as",
        "do:\n- a:\n    try: [{b: {wait: PT1S}}]\n    catch: {as: @@context}\n",
    ),
    (
        "variable-taken",
        "/do/0/a/for/each",
        "do:\n- a:\n    for: {each: @@x, at: x, in: .b}\n    do: [{c: {wait: PT1S}}]\n",
    ),
    ("target-unknown", "/do/0/a/then", "do:\n- a:\n    set: {b: 1}\n    then: @@nowhere\n- c: {wait: PT1S}\n"),
    (
        "target-unknown",
        "/do/0/a/switch/0/x/then",
        "do:\n- a:\n    switch: [{x: {when: .b, then: @@nowhere}}]\n",
    ),
    (
        "target-unknown",
        "/do/0/a/catch/then",
        "do:\n- a:\n    try: [{b: {wait: PT1S}}]\n    catch: {then: @@b}\n",
    ),
    (
        "target-unknown",
        "/use/functions/f/then",
        "use:\n  functions:\n    f: {set: {b: 1}, then: @@a}\ndo: [{a: {wait: PT1S}}]\n",
    ),
    (
        "target-ambiguous",
        "/do/2/b",
        "do:\n- a: {wait: PT1S, then: b}\n- b: {wait: PT1S}\n- @@b: {wait: PT1S}\n",
    ),
    (
        "target-in-branches",
        "/do/0/a/fork/branches/0/b/then",
        "do:\n- a:\n    fork: {branches: [{b: {wait: PT1S, then: @@c}}, {c: {wait: PT1S}}]}\n",
    ),
    ("task-name-twice", "/do/1/a", "do:\n- a: {wait: PT1S}\n- @@a: {wait: PT1S}\n"),
    ("task-named-as-directive", "/do/0/end", "do:\n- @@end: {wait: PT1S}\n"),
    ("task-unreachable", "/do/1/b", "do:\n- a: {wait: PT1S, then: end}\n- @@b: {wait: PT1S}\n"),
    (
        "context-side-by-side",
        "/do/0/a",
        ("do:\n- @@a:\n    fork:\n      branches:\n      - b: {set: {x: 1}, export: {as: .}}\n"
        "      - c: {do: [{d: {set: {x: 1}, export: {as: .}}}]}\n"),
    ),
    (
        "default-twice",
        "/do/0/a/switch/2/z",
        ("do:\n- a:\n    switch:\n    - x: {then: end}\n    - y: {when: .b, then: end}\n"
        "    - @@z: {then: end}\n"),
    ),
    (
        "name-reserved",
        "/document/metadata/everloom/queries/everloom.state",
        "",
    ),
]  # fmt: skip
"""Where the text is empty, the code has a test of its own."""

"""Definitions that are not built right: code, pointer, and the text with a mark at the place."""

CASES = [
    ("key-unknown", "/outputs", "do: [{a: {set: {b: 1}}}]\n@@outputs: {}\n"),
    ("key-unknown", "/do/0/a/thn", "do:\n- a:\n    set: {b: 1}\n    @@thn: end\n"),
    (
        "key-unknown",
        "/do/0/a/with/endpoint/url",
        ("do:\n- a:\n    call: http\n    with:\n      method: get\n"
        "      endpoint: {uri: 'https://x.test', @@url: x}\n"),
    ),
    (
        "key-unknown",
        "/do/0/a/catch/retry/backoff/linear/by",
        ("do:\n- a:\n    try: [{b: {wait: PT1S}}]\n    catch:\n      retry:\n"
        "        backoff: {linear: {@@by: 2}}\n"),
    ),
    (
        "key-unknown",
        "/do/0/a/metadata/everloom/quee",
        "do:\n- a:\n    wait: PT1S\n    metadata: {everloom: {@@quee: x}}\n",
    ),
    (
        "key-unknown",
        "/do/0/a/metadata/everloom/retry/atempts",
        ("do:\n- a:\n    emit: {event: {with: {source: a, type: b}}}\n"
        "    metadata: {everloom: {retry: {@@atempts: 2}}}\n"),
    ),
    ("key-missing", "/do/0/a", "do:\n- @@a:\n    call: http\n"),
    (
        "key-missing",
        "/do/0/a/with",
        "do:\n- a:\n    call: http\n    @@with: {method: get}\n",
    ),
    (
        "key-missing",
        "/do/0/a/emit/event",
        "do:\n- a:\n    emit:\n      @@event: {with: {type: x}}\n",
    ),
    ("value-empty", "/do/0/a/output", "do:\n- a:\n    set: {b: 1}\n    @@output:\n"),
    ("value-empty", "/do/0/a/do", "do:\n- a:\n    @@do:\n"),
    ("value-empty", "/do/0/a/raise/error", "do:\n- a:\n    raise: {error: @@''}\n"),
    ("value-wrong-type", "/do", "@@do: {a: {set: {b: 1}}}\n"),
    ("value-wrong-type", "/do/0/a/wait", "do:\n- a:\n    wait: @@30\n"),
    ("value-wrong-type", "/do/0/a/wait/seconds", "do:\n- a:\n    wait: {seconds: @@'3'}\n"),
    ("value-wrong-type", "/do/0/a/fork/compete", "do:\n- a:\n    fork: {compete: @@no, branches: [{b: {wait: PT1S}}]}\n"),
    ("value-wrong-type", "/do/0/a/raise/error/status", "do:\n- a:\n    raise: {error: {type: x, status: @@bad}}\n"),
    ("value-wrong-type", "/do/0/a", "do:\n- a: @@3\n"),
    (
        "value-not-listed",
        "/do/0/a/listen/read",
        "do:\n- a:\n    listen:\n      to: {any: []}\n      read: @@envelop\n",
    ),
    ("value-not-fitting", "/do", "@@do: []\n"),
    ("value-not-fitting", "/do/0/a/set", "do:\n- a:\n    @@set: {}\n"),
    ("value-not-fitting", "/do/0/a/listen/to/all", "do:\n- a:\n    listen:\n      to:\n        @@all: []\n"),
    ("value-not-fitting", "/do/0/a/wait/seconds", "do:\n- a:\n    wait: {seconds: @@-1}\n"),
    (
        "value-not-fitting",
        "/do/0/a/metadata/everloom/timeout",
        ("do:\n- a:\n    emit: {event: {with: {source: a, type: b}}}\n"
        "    metadata: {everloom: {timeout: @@soon}}\n"),
    ),
    ("task-without-kind", "/do/0/a/sett", "do:\n- a:\n    @@sett: {b: 1}\n"),
    ("task-without-kind", "/do/0/a", "do:\n- @@a: {}\n"),
    ("task-with-two-kinds", "/do/0/a/wait", "do:\n- a:\n    set: {b: 1}\n    @@wait: PT1S\n"),
    ("not-one-of", "/do/0/a/run", "do:\n- a:\n    @@run: {await: false}\n"),
    (
        "not-one-of",
        "/do/0/a/listen/to",
        "do:\n- a:\n    listen:\n      @@to: {any: [], all: [{with: {type: x}}]}\n",
    ),
    ("not-one-of", "/schedule", "@@schedule: {cron: 0 0 * * *, every: PT1H}\ndo: [{a: {wait: PT1S}}]\n"),
    ("not-one-of", "/schedule/read", "schedule: {cron: 0 0 * * *, @@read: data}\ndo: [{a: {wait: PT1S}}]\n"),
    ("one-name-each", "/do/0/b", "do:\n- a: {wait: PT1S}\n  @@b: {wait: PT1S}\n"),
    ("one-name-each", "/do/0/a/switch/0/y", "do:\n- a:\n    switch:\n    - x: {when: .b, then: end}\n      @@y: {then: end}\n"),
    ("dsl-not-supported", "/document/dsl", ""),
    ("call-not-supported", "/do/0/a/call", "do:\n- a:\n    call: @@asyncapi\n    with: {}\n"),
    ("call-not-supported", "/do/0/a/call", "do:\n- a:\n    call: @@a2a\n    with: {}\n"),
    ("call-not-supported", "/do/0/a/call", "do:\n- a:\n    call: @@https://x.test/f@v1\n"),
    ("container-not-supported", "/do/0/a/run/container", "do:\n- a:\n    run:\n      @@container: {image: x}\n"),
    (
        "script-language-not-supported",
        "/do/0/a/run/script/language",
        "do:\n- a:\n    run:\n      script: {language: @@ruby, code: x}\n",
    ),
    ("schedule-not-supported", "/schedule/on", "schedule:\n  @@on: {one: {with: {type: x}}}\ndo: [{a: {wait: PT1S}}]\n"),
    ("schedule-not-supported", "/schedule/on", "schedule:\n  @@on: {one: {with: {type: x, data: '${ .a > 1 }'}}}\ndo: [{a: {wait: PT1S}}]\n"),
    ("language-not-supported", "/evaluate/language", "evaluate: {language: @@js}\ndo: [{a: {wait: PT1S}}]\n"),
    ("mode-not-supported", "/evaluate/mode", "evaluate: {mode: @@loose}\ndo: [{a: {wait: PT1S}}]\n"),
    ("duration-not-fitting", "/do/0/a/wait", "do:\n- a:\n    wait: @@30s\n"),
    ("duration-not-fitting", "/do/0/a/wait", "do:\n- a:\n    wait: @@P200Y\n"),
    ("duration-not-fitting", "/do/0/a/wait", "do:\n- a:\n    @@wait: {days: 999999}\n"),
    ("duration-by-calendar", "/do/0/a/timeout/after", "do:\n- a:\n    set: {b: 1}\n    timeout: {after: @@P1M}\n"),
    (
        "address-not-fitting",
        "/do/0/a/with/endpoint",
        "do:\n- a:\n    call: http\n    with: {method: get, endpoint: @@pets}\n",
    ),
    (
        "address-unreachable",
        "/do/0/a/with/proto/endpoint",
        ("do:\n- a:\n    call: grpc\n    with: {proto: {endpoint: @@'file://x.proto'},"
        " service: {name: x, host: y}, method: z}\n"),
    ),
    (
        "address-unreachable",
        "/do/0/a/with/endpoint",
        "do:\n- a:\n    call: http\n    with: {method: get, endpoint: @@'https://'}\n",
    ),
    (
        "address-template-not-fitting",
        "/do/0/a/with/endpoint",
        "do:\n- a:\n    call: http\n    with: {method: get, endpoint: 'https://x.test/@@{?q}'}\n",
    ),
    (
        "address-template-not-fitting",
        "/do/0/a/with/endpoint",
        "do:\n- a:\n    call: http\n    with: {method: get, endpoint: @@'https://x.test/{q'}\n",
    ),
    ("schedule-not-fitting", "/schedule/cron", "schedule: {cron: @@0 25 * * *}\ndo: [{a: {wait: PT1S}}]\n"),
    ("schedule-not-fitting", "/schedule/every", "schedule: {every: @@PT0.5S}\ndo: [{a: {wait: PT1S}}]\n"),
    (
        "retry-not-sane",
        "/use/retries/r/limit/attempt/count",
        "use:\n  retries:\n    r: {limit: {attempt: {count: @@100000}}}\ndo: [{a: {wait: PT1S}}]\n",
    ),
    (
        "retry-not-sane",
        "/use/retries/r/jitter/from",
        "use:\n  retries:\n    r: {jitter: {from: @@PT2S, to: {seconds: 1}}}\ndo: [{a: {wait: PT1S}}]\n",
    ),
    ("schema-format-unknown", "/input/schema/format", "input: {schema: {format: @@avro, document: {}}}\ndo: [{a: {wait: PT1S}}]\n"),
    ("schema-not-fitting", "/input/schema/document/type", "input: {schema: {document: {type: @@strin}}}\ndo: [{a: {wait: PT1S}}]\n"),
    (
        "schema-not-fitting",
        "/input/schema/document/properties/a/$ref",
        "input: {schema: {document: {properties: {a: {$ref: @@'#/$defs/b'}}}}}\ndo: [{a: {wait: PT1S}}]\n",
    ),
    (
        "schema-not-fitting",
        "/do/0/a/export/schema/document/$ref",
        "do:\n- a:\n    set: {b: 1}\n    export: {as: ., schema: {document: {$ref: @@'https://x.test/s'}}}\n",
    ),
    (
        "option-without-effect",
        "/do/0/a/metadata/everloom/queue",
        "do:\n- a:\n    set: {b: 1}\n    metadata: {everloom: {@@queue: x}}\n",
    ),
]  # fmt: skip
"""Where the text is empty, the code has a test of its own."""

"""Writes an expression with brackets around everything, so that nothing is left to precedence."""

import json

from everloom.core.expressions import nodes as n


def written(node: n.Node) -> str:  # noqa: C901, PLR0911, PLR0912 - one line a kind of node
    """The text of a tree."""
    match node:
        case n.Identity():
            return "."
        case n.Descent():
            return "(..)"
        case n.Constant(value=value):
            return _string(value) if isinstance(value, str) else json.dumps(value)
        case n.Text(parts=parts, format=format):
            inside = "".join(_part(part) for part in parts)
            return f'({"" if format is None else f"@{format} "}"{inside}")'
        case n.Format(name=name):
            return f"(@{name})"
        case n.Variable(name=name):
            return f"${name}"
        case n.Location():
            return "$__loc__"
        case n.Call(name=name, arguments=()):
            return name
        case n.Call(name=name, arguments=arguments):
            return f"{name}({'; '.join(map(written, arguments))})"
        case n.Negation(operand=operand):
            return f"(-{written(operand)})"
        case n.Array(body=body):
            return "[]" if body is None else f"[{written(body)}]"
        case n.Object(entries=entries):
            return f"{{{', '.join(map(_entry, entries))}}}"
        case n.Path():
            return _path(node)
        case _:
            return f"({_larger(node)})"


def _larger(node: n.Node) -> str:  # noqa: C901, PLR0911, PLR0912 - as above
    match node:
        case n.Pipe(parts=parts):
            return " | ".join(map(written, parts))
        case n.Comma(parts=parts):
            return ", ".join(map(written, parts))
        case n.Chain():
            return _chain(node)
        case n.Bind(source=source, patterns=patterns, body=body):
            return f"{written(source)} as {_patterns(patterns)} | {written(body)}"
        case n.Fold():
            return _fold(node)
        case n.Choice(cases=cases, otherwise=otherwise):
            ifs = " elif ".join(f"{written(test)} then {written(body)}" for test, body in cases)
            return f"if {ifs} else {'.' if otherwise is None else written(otherwise)} end"
        case n.Attempt(body=body, catch=catch):
            return f"try {written(body)}{'' if catch is None else f' catch {written(catch)}'}"
        case n.Label(name=name, body=body):
            return f"label ${name} | {written(body)}"
        case n.Break(name=name):
            return f"break ${name}"
        case n.Definition():
            return _definition(node)
        case _:
            raise AssertionError(node)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _part(part: str | n.Node) -> str:
    return _string(part)[1:-1] if isinstance(part, str) else f"\\({written(part)})"


def _path(node: n.Path) -> str:
    text = f"({written(node.base)})"
    for suffix in node.suffixes:
        optional = "?" if suffix.optional else ""
        match suffix:
            case n.Index(key=key):
                text = f"({text}[{written(key)}]{optional})"
            case n.Slice(start=start, end=end):
                first = "" if start is None else written(start)
                last = "" if end is None else written(end)
                text = f"({text}[{first}:{last}]{optional})"
            case n.Each():
                text = f"({text}[]{optional})"
            case _:
                text = f"({text}?)"
    return text


def _entry(entry: n.Entry) -> str:
    match entry:
        case n.Entry(key=n.Variable(name=name), value=None):
            return f"${name}"
        case n.Entry(key=n.Location(), value=None):
            return "$__loc__"
        case n.Entry(key=key, value=None):
            return written(key).strip("()") if isinstance(key, n.Constant) else written(key)[1:-1]
        case n.Entry(key=key, value=value):
            return f"({written(key)}): {'.' if value is None else written(value)}"


def _chain(node: n.Chain) -> str:
    parts = list(map(written, node.operands))
    if node.operators[0] == "//":
        text = parts.pop()
        while parts:
            text = f"({parts.pop()} // {text})"
        return text
    text = parts[0]
    for operator, part in zip(node.operators, parts[1:], strict=True):
        text = f"({text} {operator} {part})"
    return text


def _fold(node: n.Fold) -> str:
    steps = [node.start, node.update, *([node.extract] if node.extract else [])]
    word = "foreach" if node.each else "reduce"
    inside = "; ".join(map(written, steps))
    return f"{word} {written(node.source)} as {_patterns(node.patterns)} ({inside})"


def _definition(node: n.Definition) -> str:
    names = "; ".join(f"${each.name}" if each.value else each.name for each in node.parameters)
    parameters = f"({names})" if names else ""
    return f"def {node.name}{parameters}: {written(node.body)}; {written(node.rest)}"


def _patterns(patterns: tuple[n.Pattern, ...]) -> str:
    return " ?// ".join(map(_pattern, patterns))


def _pattern(pattern: n.Node) -> str:
    match pattern:
        case n.Name(name=name):
            return f"${name}"
        case n.Items(items=items):
            return f"[{', '.join(map(_pattern, items))}]"
        case n.Members(members=members):
            return f"{{{', '.join(map(_member, members))}}}"
        case _:
            raise AssertionError(pattern)


def _member(member: n.Member) -> str:
    key = f"${member.name}" if member.key is None else f"({written(member.key)})"
    return key if member.pattern is None else f"{key}: {_pattern(member.pattern)}"

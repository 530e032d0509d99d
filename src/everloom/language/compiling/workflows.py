"""A whole definition as a module of Python. Pure, and the same text for the same definition."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from keyword import iskeyword
from types import MappingProxyType

from everloom.core import pointer
from everloom.language.definition import Definition, FunctionCatalog, Resources
from everloom.language.models.options import workflow_options
from everloom.language.models.tasks import SwitchTask

from .docstrings import docstring, sentence
from .extending import Extending
from .faults import error_items, is_constant, retry_code
from .functions import functions_of
from .listed import Listed
from .literals import dictionary, literal, text_literal
from .messages import MessageWriter
from .module import IN_USE, Method
from .naming import Names, pascal, snake, upper
from .printing import Call, Code, Text, keyword, lay_out, tupled
from .tasks import TaskWriter
from .workshop import Workshop, new_workshop

COMPILER = "1"
"""Changed whenever equal definitions begin to give another text."""


@dataclass(frozen=True)
class Compiled:
    """A definition as Python."""

    type_name: str
    """What Temporal calls the workflow."""

    class_name: str
    module_name: str
    source: str
    """Text of the module."""

    source_map: Mapping[str, int]
    """The line, from 1, at which each task begins, by its JSON pointer."""

    children: tuple[str, ...]
    """Workflow types that it runs."""

    secrets: tuple[str, ...]
    """Secrets that its activities may look up."""

    activities: tuple[str, ...]
    """Wire names of the activities that it calls."""

    sha256: str
    """Hash of the text."""


def compile_definition(
    definition: Definition,
    *,
    functions: FunctionCatalog | None = None,
    workflows: Collection[str] | None = None,
    resources: Resources | None = None,
) -> Compiled:
    """Compile a definition that was checked.

    Args:
        definition: The definition.
        functions: Functions of the default catalog.
        workflows: Workflow types that are known: `version: latest` means the newest of them.
        resources: What `wanted_resources` asked for, by URI.
    """
    shop = new_workshop(definition, functions or {}, workflows or (), resources or {})
    class_name = pascal(definition.name)
    if class_name in IN_USE or iskeyword(class_name):
        class_name += "Workflow"
    module_name = snake(definition.name)
    if iskeyword(module_name):
        module_name += "_workflow"
    shop.module.names = Names({class_name, *IN_USE})
    for name in ("Json", "Scope"):
        shop.module.use(name)
    _constants(shop)
    methods = _methods(shop, resources or {})
    lines, places = _class(shop, class_name, methods)
    source = shop.module.written(_module_doc(definition, resources or {}), lines)
    first = source.count("\n") - len(lines) + 1
    return Compiled(
        type_name=definition.type_name,
        class_name=class_name,
        module_name=module_name,
        source=source,
        source_map=MappingProxyType({at: first + place for at, place in places.items()}),
        children=tuple(shop.children),
        secrets=tuple(definition.model.use.secrets),
        activities=tuple(shop.activities),
        sha256=sha256(source.encode()).hexdigest(),
    )


def _constants(shop: Workshop) -> None:
    """Reusable timeouts, retries and errors, each a constant with its name."""
    use, module = shop.definition.model.use, shop.module
    for name, timeout in use.timeouts.items():
        code = shop.values.limit(timeout.after)
        shop.options.timeouts[name] = module.constant(f"{upper(name)}_TIMEOUT", code)
    for name, policy in use.retries.items():
        code = retry_code(policy, shop)
        shop.retries[name] = module.constant(f"{upper(name)}_RETRY", code)
    for name, error in use.errors.items():
        items = error_items(error, shop.values)
        if is_constant(items):
            shop.errors[name] = module.constant(
                f"{upper(name)}_ERROR", dictionary(items), kind=f"dict[str, {module.use('Json')}]"
            )


def _methods(shop: Workshop, resources: Resources) -> list[Method]:
    """Methods of tasks, functions and extensions, depth first."""
    definition = shop.definition
    extensions = [next(iter(each.items())) for each in definition.model.use.extensions]
    extending = Extending(extensions)
    for name, _ in extensions:
        extending.attributes.append(shop.module.names.take(f"{snake(name)}_extension"))
    functions = functions_of(definition, resources)
    for each in functions:
        shop.function_methods[each.called] = shop.module.names.take(snake(each.name))
    writer = TaskWriter(shop, extending)
    doc = f"Do the tasks of {definition.name}."
    methods = writer.list_method(
        "do", Listed(definition.model.do, definition.value["do"], "/do"), doc
    )
    for each in functions:
        method = shop.function_methods[each.called]
        listed = Listed(
            [{each.called: each.task}], [{each.called: each.raw}], each.reference, is_alone=True
        )
        if isinstance(each.task, SwitchTask):  # its method also tells a way, which nobody asks for
            methods += writer.list_method(method, listed, f"The function {each.name}.")
        else:
            methods += writer.function(listed, method)
    return [*methods, *_extensions(shop, extending, writer)]


def _extensions(shop: Workshop, extending: Extending, writer: TaskWriter) -> list[Method]:
    """What extensions do: the lists stand before everything, their tasks after it."""
    later: list[Method] = []
    for place, (name, extension) in enumerate(extending.extensions):
        raw = shop.definition.value["use"]["extensions"][place][name]
        reference = f"/use/extensions{pointer((place, name))}"
        arguments: list[Code] = []
        if extension.when is not None:
            arguments.append(keyword("when", Text(shop.values.expression(extension.when))))
        for when, tasks in (("before", extension.before), ("after", extension.after)):
            if tasks is None:
                continue
            listed = Listed(tasks, raw[when], f"{reference}/{when}", is_before=when == "before")
            method = shop.module.names.take(f"{snake(name)}_{when}")
            doc = f"What the extension {name} does {when} a task."
            first, *rest = writer.list_method(method, listed, doc)
            shop.module.early.append(first)
            later += rest
            arguments.append(keyword(when, Text(method)))
        attribute = extending.attributes[place]
        made = Call(shop.module.use("Extension"), arguments)
        lines = lay_out(made, 0, prefix=f"{attribute} = ", margin=4)
        shop.module.early.append(Method(attribute, lines))
    return later


def _class(
    shop: Workshop, class_name: str, methods: Sequence[Method]
) -> tuple[list[str], dict[str, int]]:
    """The lines of the class, and at which of them each task begins."""
    definition = shop.definition
    document = definition.model.document
    messages = MessageWriter(shop).methods(workflow_options(document.metadata))
    lines = [
        f"@workflow.defn(name={text_literal(definition.type_name)})",
        f"class {class_name}({shop.module.use('Flow')}):",
        *docstring(_about_text(definition), 4),
        "",
        *lay_out(_about(shop), 4, prefix="about = "),
        "",
        "    @workflow.run",
        "    async def run(self, input: Json = None, luggage: Json = None) -> Json:",
        *docstring(f"Run {definition.name} from its input to its output.", 8),
        "        return await self.execute(self.do)",
    ]
    places: dict[str, int] = {}
    for method in [*shop.module.early, *methods, *messages]:
        lines.append("")
        if method.reference is not None:
            places[method.reference] = len(lines)
        lines += [f"    {line}" if line else "" for line in method.lines]
    return lines, places


def _about(shop: Workshop) -> Code:
    definition, options, model = shop.definition, shop.options, shop.definition.model
    metadata = workflow_options(model.document.metadata)
    arguments: list[Code] = [
        keyword("namespace", literal(definition.namespace)),
        keyword("name", literal(definition.name)),
        keyword("version", literal(definition.version)),
    ]
    arguments += options.data_flow("input", model.input, "workflow")
    arguments += options.data_flow("output", model.output, "workflow")
    if model.timeout is not None:
        arguments.append(keyword("timeout", options.timeout(model.timeout)))
    if model.use.secrets:
        names = [literal(name) for name in model.use.secrets]
        arguments.append(keyword("secrets", tupled(*names)))
    if model.schedule is not None and model.schedule.after is not None:
        arguments.append(keyword("repeat_after", shop.values.limit(model.schedule.after)))
    if metadata.lifecycle:
        arguments.append(keyword("lifecycle", Text("True")))
    if metadata.continue_after is not None:
        arguments.append(keyword("continue_after", literal(metadata.continue_after)))
    if shop.values.asks_for_definition:
        kind = f"dict[str, {shop.module.use('Json')}]"
        name = shop.module.constant("DEFINITION", literal(definition.value), kind=kind)
        arguments.append(keyword("definition", Text(name)))
    return Call(shop.module.use("About"), arguments)


def _module_doc(definition: Definition, resources: Resources) -> str:
    title = definition.model.document.title or definition.name
    said = f"Compiled by Everloom from the definition {definition.type_name}."
    frozen = [f"Frozen into it: {uri}, SHA-256 {resources[uri][1]}." for uri in sorted(resources)]
    return "\n".join([sentence(title), "", said, *frozen])


def _about_text(definition: Definition) -> str:
    document = definition.model.document
    title = sentence(document.title or document.name)
    return f"{title}\n\n{document.summary}" if document.summary else title

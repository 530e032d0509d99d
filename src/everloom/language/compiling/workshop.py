"""What the writers of compiled code share: the module under work, and what a definition may refer to."""

from collections.abc import Collection
from dataclasses import dataclass, field

from everloom.language.definition import Definition, FunctionCatalog, Resources

from .calls import CallWriter
from .events import EventWriter
from .module import Module
from .options import OptionsWriter
from .values import Values


@dataclass
class Workshop:
    """The writers, and what they have in common."""

    definition: Definition
    functions: FunctionCatalog
    """Functions of the default catalog."""

    workflows: Collection[str]
    """Workflow types that are known, for `version: latest`."""

    module: Module
    values: Values
    options: OptionsWriter
    calls: CallWriter
    events: EventWriter
    retries: dict[str, str] = field(default_factory=dict[str, str])
    """Names of constants by names of reusable retry policies."""

    errors: dict[str, str] = field(default_factory=dict[str, str])
    """Names of constants by names of reusable errors, where they are constant."""

    function_methods: dict[str, str] = field(default_factory=dict[str, str])
    """Names of methods by what `call` says, for functions of the definition and of its catalogs."""

    children: dict[str, None] = field(default_factory=dict[str, None])
    """Workflow types that it runs."""

    activities: dict[str, None] = field(default_factory=dict[str, None])
    """Wire names of the activities that it calls."""


def new_workshop(
    definition: Definition,
    functions: FunctionCatalog,
    workflows: Collection[str],
    resources: Resources,
) -> Workshop:
    """A workshop for one definition."""
    module = Module()
    values = Values(module)
    policies = definition.value.get("use", {}).get("authentications", {})
    return Workshop(
        definition=definition,
        functions=functions,
        workflows=workflows,
        module=module,
        values=values,
        options=OptionsWriter(module, values, resources),
        calls=CallWriter(module, values, policies),
        events=EventWriter(module, values),
    )

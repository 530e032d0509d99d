"""What does a definition mean? Models, checks, plan, Python source. Pure: no clock, files, network."""

from .addresses import function_address
from .checking import check_definition
from .compiling import COMPILER, Compiled, compile_definition
from .definition import (
    Checked,
    Definition,
    FunctionCatalog,
    FunctionSignature,
    Resources,
    WorkflowName,
)
from .packaging import package_files
from .problems import DefinitionProblem
from .resources import ResourceRequest, wanted_resources
from .schema import definition_schema

__all__ = [
    "COMPILER",
    "Checked",
    "Compiled",
    "Definition",
    "DefinitionProblem",
    "FunctionCatalog",
    "FunctionSignature",
    "ResourceRequest",
    "Resources",
    "WorkflowName",
    "check_definition",
    "compile_definition",
    "definition_schema",
    "function_address",
    "package_files",
    "wanted_resources",
]

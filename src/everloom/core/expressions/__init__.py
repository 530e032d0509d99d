"""The grammar of expressions, for those who check them and those who evaluate them.

Pure: text in, tree out. Nothing here knows what a definition is, and nothing evaluates.
"""

from . import nodes
from .ambient import AMBIENT, AMBIENT_VARIABLES
from .bounds import Bound
from .parsing import parse
from .reading import MAX_DEPTH, ExpressionReserved, ExpressionTooDeep
from .reads import Reads, reads_of
from .tokens import ExpressionSyntax, expression_end
from .variables import free_variables
from .weighing import IN_PROCESS, weigh

__all__ = [
    "AMBIENT",
    "AMBIENT_VARIABLES",
    "IN_PROCESS",
    "MAX_DEPTH",
    "Bound",
    "ExpressionReserved",
    "ExpressionSyntax",
    "ExpressionTooDeep",
    "Reads",
    "expression_end",
    "free_variables",
    "nodes",
    "parse",
    "reads_of",
    "weigh",
]

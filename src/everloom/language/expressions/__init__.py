"""What may stand in an expression, what does, and where expressions stand in values."""

from .analysis import MAX_LENGTH, Analysis, Cost, ExpressionProblem, analyse, analyse_all
from .values import (
    Expression,
    Literal,
    Template,
    Value,
    looks_like_expression,
    parse_bare,
    parse_value,
)

__all__ = [
    "MAX_LENGTH",
    "Analysis",
    "Cost",
    "Expression",
    "ExpressionProblem",
    "Literal",
    "Template",
    "Value",
    "analyse",
    "analyse_all",
    "looks_like_expression",
    "parse_bare",
    "parse_value",
]

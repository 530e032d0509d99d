"""Evaluating expressions inside workflow code."""

from .errors import ExpressionFailed, ExpressionOverBudget
from .evaluating import Evaluator, evaluate, truthy, use_evaluator

__all__ = [
    "Evaluator",
    "ExpressionFailed",
    "ExpressionOverBudget",
    "evaluate",
    "truthy",
    "use_evaluator",
]

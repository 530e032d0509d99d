"""How an evaluation can go wrong: by what it says, or by what it costs."""

from everloom.core import Invalid


class ExpressionFailed(Invalid):
    """An expression has no value for this input: a fault of the definition or of its data."""

    code = "expression-failed"


class ExpressionOverBudget(Exception):
    """An expression took more time or memory than this worker grants.

    Deliberately no `EverloomError` and no failure in Temporal's sense. How long an evaluation takes
    depends on the machine: a fault that one machine wrote into the history would not come again
    when a faster one replays it. So the workflow *task* fails instead. The run stands still where
    it was, the reason shows in `why` and in Temporal's interface, nothing else on the worker is
    touched, and the task is tried again: with a larger budget or a quicker machine it goes on.
    """

    code = "expression-over-budget"

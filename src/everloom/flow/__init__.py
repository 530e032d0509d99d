"""What compiled workflows import. Public, and safe in workflow code."""

from .calling import (
    call_activity,
    call_grpc,
    call_http,
    call_mcp,
    call_openapi,
    run_script,
    run_shell,
)
from .catching import Catch, Caught, Retry, attempt
from .children import run_workflow
from .emitting import emit
from .expressions import (
    Evaluator,
    ExpressionFailed,
    ExpressionOverBudget,
    evaluate,
    truthy,
    use_evaluator,
)
from .faults import (
    Fault,
    Json,
    Kind,
    error_type,
    fault_from,
    fault_of,
    normal_type,
    standard_fault,
    step_fault,
)
from .filtering import Correlation, EventFilter, Jq, wanted
from .forking import fork, race
from .listening import Events, Heard, listen
from .looping import Jumps, Passes, loop_head
from .marks import read_mark
from .options import Options, step_heartbeat, use_step_heartbeat
from .requests import EMIT, GRPC, HTTP, MCP, OPENAPI, SCRIPT, SHELL, Deferred, StepRequest
from .run import About
from .schemas import Schema
from .scope import Scope
from .tasks import End, Exit, Extension, conditional, junction, task
from .telling import TASK_HEADER, Calling, current_call
from .uri_templates import expand_uri
from .waiting import sleep
from .workflows import EVENT_SIGNAL, STATE_QUERY, TASKS_QUERY, TRACE_QUERY, Flow

__all__ = [
    "EMIT",
    "EVENT_SIGNAL",
    "GRPC",
    "HTTP",
    "MCP",
    "OPENAPI",
    "SCRIPT",
    "SHELL",
    "STATE_QUERY",
    "TASKS_QUERY",
    "TASK_HEADER",
    "TRACE_QUERY",
    "About",
    "Calling",
    "Catch",
    "Caught",
    "Correlation",
    "Deferred",
    "End",
    "Evaluator",
    "EventFilter",
    "Events",
    "Exit",
    "ExpressionFailed",
    "ExpressionOverBudget",
    "Extension",
    "Fault",
    "Flow",
    "Heard",
    "Jq",
    "Json",
    "Jumps",
    "Kind",
    "Options",
    "Passes",
    "Retry",
    "Schema",
    "Scope",
    "StepRequest",
    "attempt",
    "call_activity",
    "call_grpc",
    "call_http",
    "call_mcp",
    "call_openapi",
    "conditional",
    "current_call",
    "emit",
    "error_type",
    "evaluate",
    "expand_uri",
    "fault_from",
    "fault_of",
    "fork",
    "junction",
    "listen",
    "loop_head",
    "normal_type",
    "race",
    "read_mark",
    "run_script",
    "run_shell",
    "run_workflow",
    "sleep",
    "standard_fault",
    "step_fault",
    "step_heartbeat",
    "task",
    "truthy",
    "use_evaluator",
    "use_step_heartbeat",
    "wanted",
]

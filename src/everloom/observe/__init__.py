"""What happened? The set-up of logs: ours, the SDK's and uvicorn's in one format, on standard error."""

from .loggers import Logger, get_logger
from .setup import set_up_logs

__all__ = ["Logger", "get_logger", "set_up_logs"]

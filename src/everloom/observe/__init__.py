"""What happened? The set-up of logs: ours, the SDK's and uvicorn's in one format, on standard error."""

from .levels import (
    Level,
    LevelFileInvalid,
    LevelOrder,
    follow_orders,
    order_level,
    read_orders,
    withdraw_orders,
)
from .loggers import Logger, get_logger
from .secrets import masked, masked_text
from .setup import set_up_logs

__all__ = [
    "Level",
    "LevelFileInvalid",
    "LevelOrder",
    "Logger",
    "follow_orders",
    "get_logger",
    "masked",
    "masked_text",
    "order_level",
    "read_orders",
    "set_up_logs",
    "withdraw_orders",
]

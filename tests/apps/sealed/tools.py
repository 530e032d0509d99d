"""Computes, but also reaches outside: what an application keeps beside its activities."""

import os
import random
import secrets
import time
import uuid
from datetime import datetime
from pathlib import Path

import httpx2
from pydantic import BaseModel, Field
from temporalio import activity

LOADED_AT = time.time()
STARTED = datetime.now()  # noqa: DTZ005 - what people write
KEY = secrets.token_hex()
clock_module = time


class Ticket(BaseModel):
    """A thing with an id of its own."""

    id: str = Field(default_factory=lambda: str(uuid.uuid4()))


class Note(BaseModel):
    """A thing with a time of its own, as most people write it."""

    at: datetime = Field(default_factory=datetime.now)


def helper_alias() -> object:
    """The time, by another name."""
    return clock_module.time()


def helper_getattr() -> object:
    """The time, by its name."""
    return getattr(time, "time")()  # noqa: B009 - as above


def helper_clock() -> object:
    """The time."""
    return time.time()


def helper_now() -> object:
    """The time of day."""
    return datetime.now()  # noqa: DTZ005 - what people write


def helper_chance() -> object:
    """A random number."""
    return random.random()  # noqa: S311 - as above


def helper_environment() -> object:
    """A variable."""
    return os.environ.get("HOME")


def helper_id() -> object:
    """An id."""
    return Ticket()


def helper_file() -> object:
    """A file's text."""
    return Path("/etc/hostname").read_text(encoding="utf-8")


def helper_fetch() -> object:
    """A page."""
    return httpx2.get("http://127.0.0.1:9/")


def doubled(number: int) -> int:
    """Twice."""
    return 2 * number


@activity.defn(name="sealed.clock")
def clock() -> float:
    """The time, where it may be asked for."""
    return time.time()

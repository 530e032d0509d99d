"""What may differ between two installations of the greeter."""

from typing import ClassVar

from everloom.settings import AppSettings


class GreeterSettings(AppSettings):
    """Settings of the greeter, below `apps.greeter`."""

    app: ClassVar[str] = "greeter"

    word: str = "Hello"
    """What a greeting begins with."""

    door_key: str = ""
    """Opens the door; a secret by its name only."""

    database: str = ""
    """An address that may hold a password."""

"""The application that these tests talk to."""

from tests.greeting import greeter

__all__ = ["greeter"]

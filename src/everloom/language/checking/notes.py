"""What the checks of one definition have found so far, and how they say where."""

from collections.abc import Iterable

from everloom.core import Steps, pointer
from everloom.language.problems import DefinitionProblem, problem
from everloom.language.reading import Reading


class Notes:
    """Collects problems, and places them in the text."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.problems: list[DefinitionProblem] = []

    def add(
        self, code: str, steps: Steps, message: str, hint: str = "", *, at_key: bool = False
    ) -> None:
        """Note a problem with a part.

        Args:
            code: One of the table in `codes.py`.
            steps: The way to the part.
            message: What is wrong with which thing, and what was found.
            hint: What to do.
            at_key: Point at the part's key, where the value alone would not say what is meant.
        """
        path = pointer(steps)
        self.problems.append(self._reading.problem(code, path, message, hint, at_key=at_key))

    def add_inside(
        self, code: str, steps: Steps, offset: int, message: str, *, hint: str = ""
    ) -> None:
        """Note a problem with a place within a text.

        Args:
            code: One of the table in `codes.py`.
            steps: The way to the text.
            offset: Which of its characters is meant, from 0.
            message: What is wrong with which thing, and what was found.
            hint: What to do.
        """
        path = pointer(steps)
        place = self._reading.place_inside(path, offset)
        self.problems.append(problem(code, path, place, message, hint=hint))

    def extend(self, problems: Iterable[DefinitionProblem]) -> None:
        """Note problems that somebody else has made."""
        self.problems.extend(problems)

"""Where generated tasks stand, and what their definition has used up and given names so far."""

from dataclasses import dataclass, field, replace

from tests.language.properties.choosing import Chooser
from tests.language.properties.problems import Json


@dataclass
class Made:
    """What a definition made so far: counts for names that must be unique, and what it uses."""

    tasks: int = 0
    jumps: int = 0
    keys: int = 0
    most: int = 25
    use: dict[str, dict[str, Json]] = field(default_factory=dict[str, dict[str, Json]])
    others: tuple[dict[str, Json], ...] = ()


@dataclass(frozen=True)
class Spot:
    """Where a task stands: how deep, and what it may mention or do there."""

    choose: Chooser
    made: Made
    depth: int = 0
    variables: tuple[str, ...] = ()
    """Of the loops around, with their dollar signs."""

    instantaneous: bool = False
    """Within a fork: nothing there may take time, so that the order of all is known."""

    winding: bool = False
    """In a list of little else than jumps."""

    tried: bool = False
    """Within a `try`: here it is worth while to fail."""

    functions: tuple[str, ...] = ()

    def deeper(self, *variables: str) -> "Spot":
        """A scope within."""
        more = tuple(f"${each}" for each in variables)
        return replace(self, depth=self.depth + 1, variables=self.variables + more)

"""The commands of pages that no test types, by their words, each with the reason. All others are typed."""

from collections.abc import Mapping

NOT_TYPED: Mapping[str, str] = {
    "python -m pip install '.[dev,testing]'": "downloads what it needs, and takes a minute",
    "python -m venv .venv && . .venv/bin/activate": "the environment of the tests is one",
    "pip install 'path/to/everloom[dev,testing]'": "downloads what it needs, and takes a minute",
    "make run    # sets everything up, starts Temporal, workers and API, imports 10,000 products, "
    "stays up": "sets an environment up from the network; what it starts is typed as it is",
    "make test   # sets everything up and runs the tests": "the tests would run the tests",
}

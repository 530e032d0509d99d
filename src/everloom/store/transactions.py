"""One transaction over all that is kept."""

from .audit import Audit
from .definitions import Definitions
from .events import Events
from .executions import Executions
from .hosts import Hosts
from .projects import Projects
from .statements import Statements
from .statistics import Statistics
from .users import Users
from .versions import Versions
from .workers import Workers


class Transaction:
    """All of it is kept when it ends, or nothing. One task uses it, one question after the other."""

    def __init__(self, statements: Statements) -> None:
        self.users = Users(statements)
        self.projects = Projects(statements)
        self.definitions = Definitions(statements)
        self.versions = Versions(statements)
        self.workers = Workers(statements)
        self.hosts = Hosts(statements)
        self.executions = Executions(statements)
        self.statistics = Statistics(statements)
        self.events = Events(statements)
        self.audit = Audit(statements)

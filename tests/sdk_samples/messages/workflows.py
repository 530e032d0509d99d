"""A greeting whose language can be asked for and changed while it waits."""

from temporalio import workflow

GREETINGS = {"english": "Hello", "german": "Hallo", "french": "Bonjour"}


@workflow.defn
class Greeting:
    """Waits for somebody's approval, then greets."""

    def __init__(self) -> None:
        self.language = "english"
        self.approved_by: str | None = None

    @workflow.run
    async def run(self, name: str) -> str:
        await workflow.wait_condition(lambda: self.approved_by is not None)
        return f"{GREETINGS[self.language]} {name}, says {self.approved_by}"

    @workflow.signal
    def approve(self, by: str) -> None:
        self.approved_by = by

    @workflow.query
    def current_language(self) -> str:
        return self.language

    @workflow.update
    async def set_language(self, language: str) -> str:
        former, self.language = self.language, language
        return former

    @set_language.validator
    def known_languages_only(self, language: str) -> None:
        if language not in GREETINGS:
            raise ValueError(f"{language} is not spoken here")

"""Retry around a flaky API.

Compiled by Everloom from the definition weather.forecast@1.0.0.
"""

from datetime import timedelta

from everloom.flow import About, Catch, Caught, Flow, Json, Retry, Scope, attempt, call_http, task
from temporalio import workflow

BUSY_RETRY = Retry(
    delay=timedelta(milliseconds=100),
    backoff="exponential",
    count=5,
    attempt_limit=timedelta(seconds=10),
    limit=timedelta(minutes=1),
    jitter=(timedelta(milliseconds=0), timedelta(milliseconds=50)),
)


@workflow.defn(name="weather.forecast@1.0.0")
class Forecast(Flow):
    """Retry around a flaky API.

    Asks a weather service that often answers 503 or 429, with growing pauses; any other
    error ends it at once.
    """

    about = About(namespace="weather", name="forecast", version="1.0.0")

    @workflow.run
    async def run(self, input: Json = None, luggage: Json = None) -> Json:
        """Run forecast from its input to its output."""
        return await self.execute(self.do)

    async def do(self, data: Json, here: Scope) -> Json:
        """Do the tasks of forecast."""
        data = await self.forecast(data, here)
        return await self.advise(data, here)

    @task("/do/0/forecast")
    async def forecast(self, here: Scope) -> Json:
        """Try, and catch errors."""
        try:
            return await attempt(
                here,
                self.ask,
                Catch(
                    filter={
                        "type": "https://open-workflow-specification.org/spec/1.0.0/errors/communication",
                    },
                    when=".status == 503 or .status == 429",
                    retry=BUSY_RETRY,
                ),
            )
        except Caught as caught:
            return caught.here.data

    @task("/do/0/forecast/try/0/ask")
    async def ask(self, here: Scope) -> Json:
        """GET https://weather.example/forecasts/{city}."""
        return await call_http(
            here, method="get", endpoint=here.uri("https://weather.example/forecasts/{city}")
        )

    @task("/do/1/advise")
    async def advise(self, here: Scope) -> Json:
        """Set the data."""
        return {
            "city": here.jq(".city"),
            "advice": here.jq('if .rain > 0.5 then "take an umbrella" else "leave it at home" end'),
        }

"""Questions about speed, answered with ratios of two things run side by side.

`make bench` runs them all, `make bench ONLY=B1,B6` some; `python -m benchmarks --list` shows them.
Each prints a table and writes `benchmarks/results/<id>.json`.

To add one, write a module `bNN_<subject>.py` here that defines

    from .harness import Benchmark, Figure, Options, Reach, Result, alternate

    BENCHMARK = Benchmark("B6", question="…", against="…", run=measure)

where `measure` is an async function that takes `Options` and returns a `Result`. Rules:

* What is measured and what it is compared with run alternately (`alternate`), in one run, on one
  machine; a figure is the median of the rounds.
* `options.rounds` says how often; `options.big` asks for the expensive variant, where there is one.
* A figure with a reach says whether it was met; one without is only shown.
* Servers are started on free ports of 127.0.0.1 in temporary folders, and are gone afterwards.
* This file imports nothing: the sandbox imports it afresh with the workflows of every run.
* No path, host name or user name goes into a result.
"""

"""What an exit code means; the same for every command, and shown in every `--help`."""

OK = 0
FAILED = 1
USAGE = 2
AWAY = 3
INTERRUPTED = 130

MEANINGS = {
    OK: "done",
    FAILED: "the run failed, or the answer is no",
    USAGE: "wrong usage or input",
    AWAY: "something needed is away",
    INTERRUPTED: "interrupted",
}

EPILOG = "Exit codes: " + "; ".join(f"{code} {text}" for code, text in MEANINGS.items()) + "."

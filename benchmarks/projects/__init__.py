"""Projects that the benchmarks let real workers serve. Imports nothing, as the package above."""

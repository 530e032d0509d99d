"""What is kept? Projects, versions, workers, runs, statistics, events; and their migrations."""

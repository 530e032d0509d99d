"""Under which name the fields of a log line hang onto its record of the standard library."""

LOG_FIELDS = "everloom_fields"
"""`everloom.authoring` puts them there, `everloom.observe` takes them out again."""

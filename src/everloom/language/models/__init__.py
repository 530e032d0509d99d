"""The models of the Open Workflow Specification DSL 1.0: the schema of a definition."""

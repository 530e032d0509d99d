"""What the events of a history mean: one module for each thing they are about."""

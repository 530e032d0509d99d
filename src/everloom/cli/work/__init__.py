"""What the commands do. Imported when a command is called, never for its help."""

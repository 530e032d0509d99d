"""What `everloom definitions` does, command by command."""

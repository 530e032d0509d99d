"""What can I type? One module a command; each is imported only when its command is called.

Data goes to standard output, talk to standard error. With `--json` standard output carries exactly
one JSON document.
"""

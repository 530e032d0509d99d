"""A small application that tests of the command line, the API and the use cases share."""

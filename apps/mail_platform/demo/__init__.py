"""Product files to try the import with, and the script that makes them."""

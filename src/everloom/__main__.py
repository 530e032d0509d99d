"""What `everloom` and `python -m everloom` start."""

from everloom.cli.main import main

if __name__ == "__main__":
    main()

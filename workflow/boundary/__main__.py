"""Entry of `python -m boundary`."""

from boundary.cli import main

if __name__ == "__main__":
    main()

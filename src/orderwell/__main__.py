"""The `orderwell` command."""

import sys

from orderwell.cli.app import run


def main() -> None:
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

"""`python -m tamis` is `tamis`."""

import sys

from tamis.edge.cli import main

if __name__ == "__main__":
    sys.exit(main())

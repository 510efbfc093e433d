"""`python scripts/behaviour`: the folder above becomes the place that the package is imported from."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from behaviour.run import main

    raise SystemExit(main())

"""`python -m hubwire` is the `hubwire` command."""

import sys

from hubwire.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

"""`python -m hubwire.lint`."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Parse the command line and run."""
    try:
        # What a command needs takes longer to load than many a run: an interruption meets it here.
        import argparse

        from hubwire.lint.command import HELP, add_arguments, run

        parser = argparse.ArgumentParser(prog="hubwire lint", description=HELP)
        add_arguments(parser)
        return run(parser.parse_args(argv))
    except KeyboardInterrupt:
        print("interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone (`… | head`). Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())

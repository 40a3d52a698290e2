"""`python -m kb`: the command line where the script `kb` is not on the path."""

import sys

from kb.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""The search as the site's pages run it: the twins of `kb.search` in JavaScript, put together into one script.

Each part is a fragment that only declares; all share one scope, so that the script needs no loader and runs from a file
too. Compromise: the rules stand twice, here and in Python, and tests/site/test_search_twins.py holds them to one answer.
"""

import re
from pathlib import Path

# A part uses the names of those before it.
PARTS = ("terms", "query", "passage", "nearest", "index", "answer", "page")

_COMMENT = re.compile(r"^ *(?://|/\*).*\n", re.MULTILINE)


def part(name: str) -> str:
    """Return the text of one part."""
    return (Path(__file__).parent / f"{name}.js").read_text(encoding="utf-8")


def script() -> str:
    """Return the whole script, without the lines that are comments: phones load it."""
    code = "\n".join(part(name) for name in PARTS)
    return '(function () {\n"use strict";\n\n' + _COMMENT.sub("", code) + "})();\n"

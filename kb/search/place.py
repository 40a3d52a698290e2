"""Where what is kept of a knowledge base between runs lies: in the user's own cache folder.

Not in the knowledge base, where a stranger's commit could put it; see docs/decisions/0007-search-index.md. Compromise: it
is known by the place of its folder, so one that is moved begins anew.
"""

from hashlib import sha256
from pathlib import Path

import platformdirs


def place_of(root: Path, what: str) -> Path:
    """Return the path, in the folder named `what`, that is the knowledge base's own."""
    name = sha256(str(root.resolve()).encode()).hexdigest()[:16]
    return platformdirs.user_cache_path("afteraction") / what / name

"""Groups that were found before, known again by all they were found from.

To find them is most of what clusters cost, and a new incident seldom is among those that they are found among. Compromise:
where one of these changed, or how alike two of them are, the groups are found anew.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import numpy as np
from scipy import sparse

from kb import kept
from kb.recurrence.groups import Groups, Said, groups

# Changed whenever the same graph makes other groups.
STAMP = "groups 1"


@dataclass(frozen=True)
class Regrouping:
    """Finds groups, or takes them from `place`; None keeps nothing."""

    place: Path | None

    def groups(self, names: Sequence[str], graph: sparse.csr_array, apart: Said) -> Groups:
        """Return what `kb.recurrence.groups.groups` does."""
        key = _key(names, graph, apart)
        if key not in self._used:
            self._used[key] = self._before[key] if key in self._before else groups(names, graph, apart)
        return self._used[key]

    def keep(self) -> None:
        """Keep the groups that were asked for until the next time, and no others."""
        if self.place and self._used.keys() != self._before.keys():
            content = np.frombuffer(json.dumps(self._used).encode(), np.uint8)
            kept.write(self.place, STAMP, {"groups": content})

    @cached_property
    def _before(self) -> Mapping[str, Groups]:
        found = kept.read(self.place, STAMP) if self.place else None
        texts = json.loads(found["groups"].tobytes()) if found else {}
        return {key: [tuple(group) for group in some] for key, some in texts.items()}

    @cached_property
    def _used(self) -> dict[str, Groups]:
        return {}


def _key(names: Sequence[str], graph: sparse.csr_array, apart: Said) -> str:
    told = json.dumps([names, graph.nnz, sorted(apart)]).encode()
    parts = (graph.indptr.astype("<i8"), graph.indices.astype("<i8"), graph.data.astype("<f8"))
    return blake2b(b"".join([told, *(part.tobytes() for part in parts)]), digest_size=16).hexdigest()

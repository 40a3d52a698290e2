"""Circles: links that lead back to where they began.

Walking what repeats what must come to an end. Compromise: of the links of a circle none is called the wrong one, since
only the author knows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

Edge = tuple[str, str]


def in_circles(edges: Sequence[Edge]) -> frozenset[Edge]:
    """Return those edges (from, to) that lie in a circle, in time proportional to their number."""
    forth: defaultdict[str, list[str]] = defaultdict(list)
    back: defaultdict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        forth[source].append(target)
        back[target].append(source)
    # Kosaraju: walking back from what was left last when walking forth reaches exactly what lies in one circle with it.
    left = [name for walk in _walks(list(forth), forth) for name in walk]
    circle = {name: number for number, walk in enumerate(_walks(reversed(left), back)) for name in walk}
    return frozenset((source, target) for source, target in edges if circle[source] == circle[target])


def _walks(starts: Iterable[str], ways: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Walk from each start to what no walk has seen; yield the names of each walk in the order in which they are left."""
    seen: set[str] = set()
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        left: list[str] = []
        stack = [(start, iter(ways.get(start, ())))]
        while stack:
            _, rest = stack[-1]
            onward = next((n for n in rest if n not in seen), None)
            if onward is None:
                left.append(stack.pop()[0])
            else:
                seen.add(onward)
                stack.append((onward, iter(ways.get(onward, ()))))
        yield left

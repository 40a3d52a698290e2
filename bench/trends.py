#!/usr/bin/env python3
"""Measure what trends and reviews cost with many records.

    bench/trends.py [--records 10000] [--runs 3]

A knowledge base of ../shared/bench/make_corpus.py. Each run is a process of its own, which reads the records first; what that
costs is left out. Charts that were drawn and clusters that were found once are kept for the next time, so there are rows for
nothing kept and for all of it. Counted are the trend pages with their data, and all pages of reviews.

Prints a Markdown table. There is no peer: tools that draw such pages from the same files were not found.
"""

import argparse
import shutil
import statistics
import sys
from pathlib import Path

from build import CACHE, corpus, machine
from search import measured

KEPT = CACHE / "trends-kept"
TIMED = """\
import gc, resource, sys
import kb
def spent():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
site = kb.Site(kb.load(sys.argv[1]))
len(site.catalogue.incidents)
# As `kb` does: what was read is not gone through again and again.
gc.collect()
gc.freeze()
times = [spent()]
len(site.recurrence.clusters)
times.append(spent())
sizes = [len(page.html().encode()) for page in site.trend_pages()]
files = [len(asset.content) for asset in site.trend_files()]
times.append(spent())
reviews = [len(page.html().encode()) for page in site.review_pages()]
times.append(spent())
print(*(after - before for before, after in zip(times, times[1:])))
print(len(sizes), max(sizes), sum(files), len(reviews), max(reviews))
"""


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    print(f"{machine()}; `bench/trends.py --records {asked.records} --runs {asked.runs}`\n")
    folder = corpus(asked.records)
    shutil.rmtree(KEPT, ignore_errors=True)
    print(f"| {asked.records:,} records | CPU s | peak MB |\n| --- | ---: | ---: |")
    shown("nothing kept", [run(folder)])
    found = shown("charts and clusters kept", [run(folder) for _ in range(asked.runs)])
    pages, largest, files, reviews, longest = map(int, found)
    print(
        f"\n{pages} trend pages, the largest {largest / 1000:.0f} kB, and {files / 1000:.0f} kB that load on demand; "
        f"{reviews} pages of reviews, the largest {longest / 1000:.0f} kB."
    )
    shutil.rmtree(folder)
    shutil.rmtree(KEPT, ignore_errors=True)


def run(folder: Path) -> tuple[float, ...]:
    """Return what the script prints, and the memory of its process, which has read the records."""
    cost, output = measured("env", f"XDG_CACHE_HOME={KEPT}", sys.executable, "-c", TIMED, folder)
    return (*map(float, output.split()), cost.memory)


def shown(name: str, runs: list[tuple[float, ...]]) -> tuple[float, ...]:
    """Print the medians, and return the rest of what was printed."""
    clusters, trends, reviews, memory = (statistics.median(one[n] for one in runs) for n in (0, 1, 2, -1))
    print(f"| {name}: what keeps coming back | {clusters:.2f} | |")
    print(f"| {name}: trend pages | {trends:.2f} | |")
    print(f"| {name}: pages of reviews | {reviews:.2f} | {memory:.0f} |", flush=True)
    return runs[-1][3:-1]


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compare the library's incidents with an index of public incidents, and list each difference with the reason given for it.

    bench/facts.py [--index FOLDER]

FOLDER holds one Markdown file an incident, as in icco/postmortems; ../shared/corpora/public-incidents unless given. A record
is compared with the entries whose address is among its sources, in organization, start and end. The reason for a difference
of time is what the record says under `## About the times`. Prints a Markdown table; exits with 1 where a reason is missing.

Compromise: how an organization is called is explained here and not in its records, where it would stand again and again.
"""

import argparse
import re
import shutil
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import kb

ROOT = Path(__file__).resolve().parent.parent
INDEX = ROOT.parent / "shared" / "corpora" / "public-incidents"

# The index's name of an organization, ours, and why.
NAMES = {
    ("Amazon", "Amazon Web Services"): "the part of the company that ran the service",
    ("Azure", "Microsoft"): "the index names the service",
    ("Firefox", "Mozilla"): "the index names the product",
    ("Linux", "Linux kernel"): "the part of Linux that failed",
    ("Mandrill", "Mailchimp"): "the index names the product",
    ("Roscosmos / GLONASS", "Roscosmos"): "the index adds the system",
    ("Stack Overflow", "Stack Exchange"): "the index names one site of the network",
    ("TUI", "TUI Airways"): "the airline of the group",
    ("TravisCI", "Travis CI"): "the same name, spelled in two ways in the index",
}


@dataclass(frozen=True)
class Difference:
    """A field in which a record and an entry of the index differ; `reason` is "" where the record gives none."""

    record: str
    field: str
    ours: str
    theirs: str
    reason: str


def read_index(folder: Path) -> tuple[kb.Postmortem, ...]:
    """Return the entries of the index, read with the mapping that the tests use for it."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(folder, Path(place, "public-incidents"))
        shutil.copy(ROOT / "tests" / "corpora.toml", Path(place, "kb.toml"))
        return kb.load(place).incidents


def address(url: str) -> str:
    """Return a URL without what may differ between two ways to write it."""
    return re.sub(r"^https?://(?:www\.)?|#.*$", "", url.strip()).rstrip("/").lower()


def compare(ours: kb.Postmortem, theirs: kb.Postmortem) -> Iterator[Difference]:
    """Yield the differences between a record and an entry. A day alone equals its midnight, as the index writes it."""
    ours_name, theirs_name = ours.organization or "", theirs.organization or ""
    if ours_name.lower() != theirs_name.lower():
        yield Difference(ours.id, "organization", ours_name, theirs_name, NAMES.get((theirs_name, ours_name), ""))
    for field in ("started", "resolved"):
        mine, other = getattr(ours, field), getattr(theirs, field)
        if _minute(mine) != _minute(other):
            yield Difference(ours.id, field, str(mine or "unknown"), str(other or "unknown"), about_times(ours))


def _minute(moment: kb.Moment | None) -> str:
    return f"{moment.utc:%Y-%m-%d %H:%M}" if moment else ""


def about_times(incident: kb.Postmortem) -> str:
    """Return what a record says about its times, "" for nothing."""
    found = re.search(r"^## About the times.*?\n(.*?)(?=^## |\Z)", incident.body, re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=INDEX, help="folder of the index (%(default)s)")
    folder = parser.parse_args().index
    if not folder.is_dir():
        parser.error(f"there is no folder {folder}")
    by_address: defaultdict[str, list[kb.Postmortem]] = defaultdict(list)
    for entry in read_index(folder):
        for url in {address(source.url) for source in entry.sources}:
            by_address[url].append(entry)
    incidents = kb.load(ROOT).incidents
    pairs = {
        (ours.id, entry.id): (ours, entry)
        for ours in incidents
        for source in ours.sources
        for entry in by_address[address(source.url)]
    }
    found = [difference for ours, entry in pairs.values() for difference in compare(ours, entry)]
    sys.exit(report(len(incidents), len({ours for ours, _ in pairs}), found))


def report(total: int, compared: int, found: list[Difference]) -> int:
    """Print the table; return the exit code."""
    bare = [difference for difference in found if not difference.reason]
    print(
        f"{total} incidents, {compared} of them in the index; {len(found)} differences, {len(bare)} without a reason.\n"
    )
    print("| record | field | ours | index | reason |\n| --- | --- | --- | --- | --- |")
    for one in found:
        print(f"| {one.record} | {one.field} | {one.ours} | {one.theirs} | {one.reason or '**none given**'} |")
    return 1 if bare else 0


if __name__ == "__main__":
    # A reader that has seen enough, such as `head`, is no fault.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main()

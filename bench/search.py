#!/usr/bin/env python3
"""Measure how well search finds, beside its peers on the same texts, and what it costs with many records.

    bench/search.py [--only quality|scale|site] [--records 10000] [--runs 5]

Quality: the queries of ../shared/corpora/search-queries.jsonl over the title and body of ../shared/corpora/public-incidents.
One record is right for each; MRR@10 is the mean of 1 / its place, 0 where it is not among the first ten. Every peer takes any
word of the query, weighs the title three times and leaves all else as it comes, as far as it can be told to.
Ours answers twice, in the terminal and in a browser, and how many of its lists are the same is said below the table. Then the
same with the incidents of ../shared/corpora/labelled-causes.jsonl, of which each is looked for by its summary: no setting was
chosen with these in sight.
Scale: a knowledge base of ../shared/bench/make_corpus.py; each figure is of a process of its own, its start included.
Site: the same knowledge base published, and searched in a browser; see bench/search_site.py.

Prints Markdown tables. The peers that run in Node.js are installed below .cache/bench/ on the first run; where that fails,
their rows say so. Needs ../shared beside the checkout.
"""

import argparse
import contextlib
import importlib.metadata
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import search_site
import yaml
from build import CACHE, MAKE_CORPUS, OUR_MKDOCS, corpus, machine

ROOT = Path(__file__).resolve().parent.parent
CORPORA = ROOT.parent / "shared" / "corpora"
NODE = CACHE / "node"
NODE_PEERS = {"lunr": "2.3.9", "minisearch": "7.2.0", "pagefind": "1.5.2"}
# Where the commands measured here keep their index: nothing is there that this run did not put there.
INDEXES = CACHE / "search-indexes"
SHOWN = 10
OURS, IN_BROWSER = "afteraction, in the terminal", "afteraction, in Chromium"
TITLE = 3.0

READ = """\
import sys
from pathlib import Path
from kb.config import load_config
from kb.records.read import read_all
read_all(Path(sys.argv[1]), load_config(Path(sys.argv[1])))
"""
# The index alone is timed inside the process: reading ten thousand records takes ten times as long, and varies by more than it.
EXPORT = """\
import resource, sys, time
import kb
def spent():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, time.monotonic()
site = kb.Site(kb.load(sys.argv[1]))
len(site.catalogue.incidents)
cpu, wall = spent()
sum(len(asset.content) for asset in site.search_files())
print(*(after - before for after, before in zip(spent(), (cpu, wall))))
"""
INDEX = """\
import sys
from pathlib import Path
from kb.config import load_config
from kb.search.index import open_index
open_index(Path(sys.argv[1]), load_config(Path(sys.argv[1])))
"""
WORDS = "network switch failover".split()
FOLLOWING = (
    "certificate expired", "dns resolution failure", "disk full", "config push outage", "database replication lag",
    "kubernetes node", "power loss data center", "bgp route leak", "memory leak", "deploy rollback",
)  # fmt: skip
SENTENCE = (
    "after a deploy the database ran out of connections and requests to the checkout service timed out in every region"
).split()


@dataclass(frozen=True)
class Text:
    """A record as every engine gets it."""

    id: str
    title: str
    body: str


@dataclass(frozen=True)
class Asked:
    """A query, of a kind, and the one record that is right."""

    kind: str
    query: str
    relevant: str


@dataclass(frozen=True)
class Cost:
    """What a process cost: CPU (user and system) and wall in seconds, memory in MB (10^6 bytes)."""

    cpu: float
    wall: float
    memory: float


# Texts and queries -> for each query the ids found, best first.
Engine = Callable[[Sequence[Text], Sequence[str]], list[list[str]]]


def texts() -> Iterator[Text]:
    """Yield title and body of the public incidents; a record without a title has its company's name."""
    for path in sorted((CORPORA / "public-incidents").glob("*.md")):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        meta = yaml.safe_load(head)
        yield Text(meta["uuid"], (meta.get("title") or meta["company"]).strip(), body.strip())


def queries() -> list[Asked]:
    """Return the queries."""
    lines = (CORPORA / "search-queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [Asked(**json.loads(line)) for line in lines]


def ours(records: Sequence[Text], asked: Sequence[str]) -> list[list[str]]:
    """Write a knowledge base, index it, and search as `kb search` does."""
    from kb.config import load_config
    from kb.search.index import open_index
    from kb.search.query import read_query
    from kb.search.search import search

    with knowledge_base(records) as root:
        index = open_index(root, load_config(root)).index
        if index.total != len(records):
            sys.exit(f"only {index.total} of {len(records)} records could be read")
        return [[hit.document.id for hit in search(index, read_query(text), SHOWN).results] for text in asked]


@contextlib.contextmanager
def knowledge_base(records: Sequence[Text]) -> Iterator[Path]:
    """Lay out the texts as a knowledge base of ours, with a cache of its own."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_CACHE_HOME"] = str(Path(place, "cache"))
        root = Path(place, "kb")
        for folder in ("postmortems", "docs"):
            (root / folder).mkdir(parents=True)
        (root / "kb.toml").write_text("")
        (root / "mkdocs.yml").write_text(OUR_MKDOCS)
        (root / "docs/index.md").write_text("# Home\n")
        for one in records:
            head = yaml.safe_dump({"id": one.id, "title": one.title}, allow_unicode=True)
            (root / f"postmortems/{one.id}.md").write_text(f"---\n{head}---\n\n{one.body}\n", encoding="utf-8")
        yield root


def in_browser(records: Sequence[Text], asked: Sequence[str]) -> list[list[str]]:
    """Publish the same knowledge base, and search as its pages do."""
    with knowledge_base(records) as root:
        publish(root)
        return search_site.answers(root / "site", asked, SHOWN)


def publish(root: Path) -> None:
    """Build a site with `kb build`."""
    command = [Path(sys.executable).with_name("kb"), "-C", root, "build"]
    env = {"XDG_CACHE_HOME": str(INDEXES), **os.environ}
    subprocess.run(command, check=True, capture_output=True, env=env)


def fts5(records: Sequence[Text], asked: Sequence[str]) -> list[list[str]]:
    """SQLite: Porter's stems, any word."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, title, body, tokenize = 'porter unicode61')")
    base.executemany("INSERT INTO texts VALUES (?, ?, ?)", ((one.id, one.title, one.body) for one in records))
    sql = f"SELECT id FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, 0, {TITLE}, 1) LIMIT {SHOWN}"
    matches = (" OR ".join(f'"{word}"' for word in re.findall(r"\w+", text)) for text in asked)
    return [[id_ for (id_,) in base.execute(sql, [match])] for match in matches]


def whoosh_with(analyzer: str) -> Engine:
    """Return Whoosh with one of its analyzers; quotes, colons and the like in a query mean nothing."""

    def engine(records: Sequence[Text], asked: Sequence[str]) -> list[list[str]]:
        from whoosh import analysis, fields
        from whoosh.filedb.filestore import RamStorage
        from whoosh.qparser import MultifieldParser, OrGroup, WhitespacePlugin

        kind = fields.TEXT(getattr(analysis, analyzer)())
        index = RamStorage().create_index(fields.Schema(id=fields.ID(stored=True), title=kind, body=kind))
        writer = index.writer()
        for one in records:
            writer.add_document(id=one.id, title=one.title, body=one.body)
        writer.commit()
        parser = MultifieldParser(
            ["title", "body"], index.schema, {"title": TITLE}, group=OrGroup, plugins=[WhitespacePlugin()]
        )
        with index.searcher() as searcher:
            return [[hit["id"] for hit in searcher.search(parser.parse(text), limit=SHOWN)] for text in asked]

    return engine


def node(name: str) -> Engine:
    """Return a peer that runs in Node.js; bench/search.mjs says how it is used."""

    def engine(records: Sequence[Text], asked: Sequence[str]) -> list[list[str]]:
        given = json.dumps({"documents": [vars(one) for one in records], "queries": list(asked)})
        script = Path(__file__).with_suffix(".mjs")
        done = subprocess.run(["node", script, NODE, name], input=given, stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout)

    return engine


def install() -> None:
    """Install the peers of Node.js where they are not, all at once."""
    wanted = json.dumps({"private": True, "type": "module", "dependencies": NODE_PEERS})
    stamp = NODE / "installed"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    shutil.rmtree(NODE, ignore_errors=True)
    NODE.mkdir(parents=True)
    (NODE / "package.json").write_text(wanted)
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=NODE, check=True)
    stamp.write_text(wanted)


def engines() -> dict[str, Engine]:
    """Return what is compared, by the names of the table."""
    whoosh = f"Whoosh-Reloaded {importlib.metadata.version('whoosh-reloaded')}"
    return {
        OURS: ours,
        IN_BROWSER: in_browser,
        f"SQLite FTS5 {sqlite3.sqlite_version}, porter": fts5,
        f"{whoosh}, as it comes": whoosh_with("StandardAnalyzer"),
        f"{whoosh}, stemming": whoosh_with("StemmingAnalyzer"),
        **{f"{name} {version}": node(name) for name, version in NODE_PEERS.items()},
    }


def reciprocal(found: Sequence[str], relevant: str) -> float:
    """Return 1 / the place of the right record, 0 where it is not among those shown."""
    return 1 / (1 + found.index(relevant)) if relevant in found[:SHOWN] else 0.0


def quality() -> None:
    """Ask every engine every query, then those that no setting was chosen with, and print the tables."""
    try:
        install()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"npm: {error}", file=sys.stderr)
    compare(list(texts()), queries())
    print()
    compare(*fresh())


def fresh() -> tuple[list[Text], list[Asked]]:
    """Return the labelled incidents, each with its title and root cause, and their summaries as queries."""
    lines = (CORPORA / "labelled-causes.jsonl").read_text(encoding="utf-8").splitlines()
    # One id stands twice, for two incidents; the second is left out.
    found = list({one["id"]: one for one in map(json.loads, reversed(lines))}.values())
    records = [Text(one["id"], one["title"].strip(), one["root_cause"].strip()) for one in found]
    return records, [Asked("summary", one["summary"].strip(), one["id"]) for one in found]


def compare(records: Sequence[Text], asked: Sequence[Asked]) -> None:
    """Ask every engine every query, and print the table."""
    kinds = list(dict.fromkeys(one.kind for one in asked))
    counts = " | ".join(f"MRR@{SHOWN} {kind} ({sum(one.kind == kind for one in asked)})" for kind in kinds)
    print(f"| {len(records)} records | {counts} | nothing found |\n| --- |{' ---: |' * (len(kinds) + 1)}")
    lists = {}
    for name, engine in engines().items():
        try:
            found = lists[name] = engine(records, [one.query for one in asked])
        except (OSError, subprocess.CalledProcessError):
            print(f"| {name} | not measured |{' |' * len(kinds)}", flush=True)
            continue
        means = [
            statistics.mean(
                reciprocal(ids, one.relevant) for ids, one in zip(found, asked, strict=True) if one.kind == kind
            )
            for kind in kinds
        ]
        figures = " | ".join(f"{mean:.3f}" for mean in means)
        print(f"| {name} | {figures} | {sum(not ids for ids in found)} |", flush=True)
    same = sum(one == other for one, other in zip(lists[OURS], lists[IN_BROWSER], strict=True))
    print(f"\nTerminal and browser give the same list of {SHOWN} to {same} of {len(asked)} queries.")


def measure(*words: str | Path) -> Cost:
    """Run a command, with an index of this benchmark's own, and return what it cost."""
    return measured(*words)[0]


def alone(*words: str | Path) -> Cost:
    """Run a command that prints what a part of it cost, and return that; the memory is that of the whole."""
    cost, output = measured(*words)
    cpu, wall = map(float, output.split())
    return Cost(cpu, wall, cost.memory)


def measured(*words: str | Path) -> tuple[Cost, str]:
    """Run a command, with an index of this benchmark's own, and return what it cost and what it printed."""
    env = {**os.environ, "XDG_CACHE_HOME": str(INDEXES)}
    start = time.monotonic()
    process = subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = (process.stdout.read() if process.stdout else b"").decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{' '.join(map(str, words))} failed:\n{output[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * unit / 1e6), output


def scale(size: int, runs: int) -> None:
    """Index a large knowledge base, change it, search it, and print the table."""
    folder = corpus(size)
    shutil.rmtree(INDEXES, ignore_errors=True)
    print(f"| {size:,} records | CPU s | wall s | peak MB |\n| --- | ---: | ---: | ---: |")
    reading = measure(sys.executable, "-c", READ, folder)
    row("reading the records, no index", reading)
    cold = measure(sys.executable, "-c", INDEX, folder)
    row("making the index, cold", cold)
    print(f"| of it the index alone | {cold.cpu - reading.cpu:.1f} | {cold.wall - reading.wall:.1f} | |", flush=True)
    row("opening it, nothing changed", *(measure(sys.executable, "-c", INDEX, folder) for _ in range(runs)))
    row("bringing it up to date, one record changed", *(measure(*changed(folder, n, INDEX)) for n in range(runs)))
    kb = Path(sys.executable).with_name("kb")
    has_command = not subprocess.run([kb, "search", "--help"], capture_output=True).returncode
    for name, words in (("three words", WORDS), ("a sentence of twenty words", SENTENCE)):
        if has_command:
            row(f"`kb search`, {name}", *(measure(kb, "-C", folder, "search", *words) for _ in range(runs)))
        else:
            print(f"| `kb search`, {name} | no such command | | |")
    sizes = [
        sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) / 1e6
        for place in (INDEXES, folder / "postmortems")
    ]
    print(f"\nThe index takes {sizes[0]:.0f} MB on disk, the records {sizes[1]:.0f} MB.")
    shutil.rmtree(folder)
    shutil.rmtree(INDEXES)


def changed(folder: Path, number: int, then: str) -> list[str | Path]:
    """Change a record, and return the command that does something with the knowledge base."""
    path = sorted(folder.glob("postmortems/*/*.md"))[number]
    path.write_text(path.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    return [sys.executable, "-c", then, folder]


def site(size: int, runs: int) -> None:
    """Publish a large knowledge base, search it in a browser, and print the tables."""
    folder = corpus(size)
    shutil.rmtree(INDEXES, ignore_errors=True)
    export = [sys.executable, "-c", EXPORT, folder]
    print(f"| index of the site, {size:,} records | CPU s | wall s | peak MB |\n| --- | ---: | ---: | ---: |")
    row("the index alone, cold", alone(*export))
    row("the index alone, nothing changed", *(alone(*export) for _ in range(runs)))
    row("the index alone, one record changed", *(alone(*changed(folder, n, EXPORT)) for n in range(runs)))
    publish(folder)
    parts = list((folder / "site/search").rglob("*.js"))
    print(f"\nIt is {len(parts):,} files of {sum(path.stat().st_size for path in parts) / 1e6:.0f} MB.\n")
    print("| first query | with the page, kB | then, kB | of that without gzip | ms after it arrived | ms in all |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, words in (("three words", WORDS), ("a sentence of twenty words", SENTENCE)):
        query = " ".join(words)
        packed = [search_site.first(folder / "site", query, zipped=True) for _ in range(runs)]
        plain = search_site.first(folder / "site", query, zipped=False)
        head, bytes_, _ = packed[0]
        took, own = (statistics.median(times[n] for _, _, times in packed) for n in (0, 1))
        print(f"| {name} | {head / 1e3:.0f} | {bytes_ / 1e3:.0f} | {plain[1] / 1e3:.0f} | {own:.0f} | {took:.0f} |")
    new, again = search_site.following(folder / "site", FOLLOWING)
    print(f"\n| {len(FOLLOWING)} following queries, median (longest) | ms after it arrived | ms in all |")
    print("| --- | ---: | ---: |")
    for name, times in (("asked for the first time", new), ("asked again", again)):
        print(
            f"| {name} | {search_site.said([own for _, own in times])} | {search_site.said([all_ for all_, _ in times])} |"
        )
    shutil.rmtree(folder)
    shutil.rmtree(INDEXES, ignore_errors=True)


def row(name: str, *costs: Cost) -> None:
    """Print a row: the median of each figure."""
    cpu, wall, memory = (statistics.median(getattr(cost, one) for cost in costs) for one in ("cpu", "wall", "memory"))
    print(f"| {name} | {cpu:.2f} | {wall:.2f} | {memory:.0f} |", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["quality", "scale", "site"])
    parser.add_argument("--records", type=int, default=10_000, help="size of the large knowledge base (%(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the median counts (%(default)s)")
    args = parser.parse_args()
    if not MAKE_CORPUS.is_file():
        sys.exit(f"bench/search.py needs {MAKE_CORPUS}, which is not there")
    print(f"{machine()}; `bench/search.py{''.join(' ' + word for word in sys.argv[1:])}`\n")
    if args.only in (None, "quality"):
        quality()
        print()
    if args.only in (None, "scale"):
        scale(args.records, args.runs)
        print()
    if args.only in (None, "site"):
        site(args.records, args.runs)


if __name__ == "__main__":
    main()

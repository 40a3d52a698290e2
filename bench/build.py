#!/usr/bin/env python3
"""Measure what a build costs, beside Material for MkDocs and Zensical on the same files.

    bench/build.py [--sizes 250 1000 4000] [--runs 1] [--only afteraction material zensical]

Writes knowledge bases of each size with ../shared/bench/make_corpus.py, builds each with every tool in turn, and prints a
Markdown table: user CPU and wall seconds, peak memory of the largest process, bytes written, and the ratios. Each peer has
an environment of its own below .cache/bench/, made on the first run. Needs ../shared beside the checkout.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAKE_CORPUS = ROOT.parent / "shared" / "bench" / "make_corpus.py"
CACHE = ROOT / ".cache" / "bench"
PEERS = {"material": "mkdocs-material==9.8.1", "zensical": "zensical==0.0.73"}
OUR_MKDOCS = """\
site_name: Knowledge base
site_url: https://kb.example.org/
docs_dir: docs
theme:
  name: material
  font: false
  features: [navigation.tabs, navigation.indexes, navigation.prune, search.highlight, search.suggest, content.code.copy]
plugins: [kb/records, kb/links, kb/clusters, kb/search]
nav:
  - Home: index.md
  - Incidents: incidents/index.md
  - Playbooks: playbooks/index.md
  - Actions: actions/index.md
  - Services: services/index.md
  - Causes: causes/index.md
"""


@dataclass(frozen=True)
class Run:
    """What one build cost. CPU and wall in seconds, memory and size in MB (10^6 bytes)."""

    user: float
    wall: float
    memory: float
    written: float
    pages: int


def environment(name: str) -> Path:
    """Return the folder of a peer's commands, installing it where it is not."""
    folder = CACHE / f"env-{name}"
    wanted = PEERS[name]
    stamp = folder / "installed"
    if not stamp.is_file() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        subprocess.run(
            [folder / "bin/python", "-m", "pip", "install", "-qq", wanted, "pymdown-extensions", "pyyaml"], check=True
        )
        stamp.write_text(wanted)
    return folder / "bin"


def corpus(size: int) -> Path:
    """Write the knowledge base of this size, anew."""
    folder = CACHE / f"corpus-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run([sys.executable, MAKE_CORPUS, folder, str(size)], check=True)
    (folder / "docs").mkdir()
    (folder / "docs/index.md").write_text("# Home\n\n<!-- kb:home -->\n")
    (folder / "kb.toml").write_text("")
    (folder / "mkdocs.yml").write_text(OUR_MKDOCS)
    return folder


def command(tool: str, folder: Path) -> tuple[list[str], Path]:
    """Return a tool's build command and the folder it writes."""
    if tool == "afteraction":
        return [str(Path(sys.executable).with_name("kb")), "-C", str(folder), "build"], folder / "site"
    if tool == "material":
        return [
            str(environment(tool) / "mkdocs"),
            "build",
            "-q",
            "-f",
            str(folder / "material.yml"),
        ], folder / "site-material"
    return [str(environment(tool) / "zensical"), "build", "-f", str(folder / "zensical.yml")], folder / "site-zensical"


def measure(tool: str, folder: Path) -> Run:
    """Build once, cold, and return what it cost."""
    words, site = command(tool, folder)
    shutil.rmtree(site, ignore_errors=True)
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    start = time.monotonic()
    process = subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{' '.join(words)} failed:\n{output.decode(errors='replace')[-2000:]}")
    files = [path for path in site.rglob("*") if path.is_file()]
    written = sum(path.stat().st_size for path in files) / 1e6
    pages = sum(path.suffix == ".html" for path in files)
    return Run(usage.ru_utime, wall, usage.ru_maxrss * _rss_unit() / 1e6, written, pages)


def _rss_unit() -> int:
    return 1 if sys.platform == "darwin" else 1024


def median(runs: list[Run]) -> Run:
    """Return the median of each figure."""
    return Run(*(statistics.median(getattr(run, name) for run in runs) for name in Run.__dataclass_fields__))


def versions() -> str:
    """Return what was measured, on what."""
    import importlib.metadata as meta

    ours = ", ".join(
        f"{n} {meta.version(n)}" for n in ("mkdocs", "mkdocs-material", "Markdown", "pymdown-extensions", "nh3")
    )
    return f"{machine()}; {ours}; peers: {', '.join(PEERS.values())}"


def machine() -> str:
    """Return on what was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{platform.machine()}, {cores} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def table(size: int, runs: int, tools: list[str]) -> dict[str, Run]:
    """Build a knowledge base of this size with each tool in turn, and return the median of each."""
    folder = corpus(size)
    measured: dict[str, list[Run]] = {tool: [] for tool in tools}
    for _ in range(runs):
        for tool in tools:
            measured[tool].append(measure(tool, folder))
    shutil.rmtree(folder)
    return {tool: median(found) for tool, found in measured.items()}


def row(size: int, tool: str, run: Run, ours: Run | None) -> str:
    """Return a row of the table; the ratios are ours to this tool's."""
    cpu, written = (f"{ours.user / run.user:.2f}", f"{ours.written / run.written:.2f}") if ours else ("", "")
    figures = f"{run.user:.1f} | {run.wall:.1f} | {run.memory:.0f} | {run.written:.1f} | {run.pages:,.0f}"
    return f"| {size:,} | {tool} | {figures} | {cpu} | {written} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[250, 1000, 4000])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=["afteraction", "material", "zensical"])
    args = parser.parse_args()
    if not MAKE_CORPUS.is_file():
        sys.exit(f"bench/build.py needs {MAKE_CORPUS}, which is not there")
    for tool in PEERS.keys() & set(args.only):
        environment(tool)
    print(versions(), "\n")
    print("| records | tool | user CPU s | wall s | peak MB | written MB | pages | our CPU / its | our bytes / its |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    ours: dict[int, float] = {}
    for size in args.sizes:
        found = table(size, args.runs, args.only)
        for tool, run in found.items():
            print(row(size, tool, run, found.get("afteraction")), flush=True)
        if "afteraction" in found:
            ours[size] = found["afteraction"].user
    if {1000, 4000} <= ours.keys():
        print(f"\nafteraction from 1,000 to 4,000 records: {ours[4000] / ours[1000]:.2f} times the CPU")


if __name__ == "__main__":
    main()

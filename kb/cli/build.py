"""`kb build`: the site, whole or not at all, as a folder or as one archive.

MkDocs builds into a folder beside the target; then `kb.cli.publish` exchanges the two, or `kb.cli.archive` packs it. The
records are not read here: the plugin reads them and prints their findings. Compromise: the number of records in the closing
line is that of the files.
"""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic

import click

from kb.catalogue.today import today_of
from kb.cli import archive, host, options, publish
from kb.cli.options import FAILED, FINE, Start, complain
from kb.config import KINDS, Config, load_config
from kb.errors import KbError
from kb.pages.site import SITE_MARK
from kb.records.files import find_files
from kb.text import count

_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class _Job:
    """What is built, and where it goes: into the folder `target`, or offline into the archive."""

    root: Path
    settings: Path
    target: Path
    offline: bool
    strict: bool
    today: date | None

    @property
    def name(self) -> str:
        """The target as it is said to the caller."""
        here = Path.cwd()
        name = self.target.relative_to(here) if self.target.is_relative_to(here) else self.target
        return str(name) if self.offline else f"{name}/"


@click.command(short_help="Build the site, whole or not at all.")
@click.option("--site-dir", metavar="DIR", help="Where the site goes; `site` beside kb.toml unless given.")
@click.option("--offline", metavar="FILE.zip", help="Write an archive that is unpacked and opened without a network.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@options.today
@click.pass_obj
def build(start: Start, site_dir: str | None, offline: str | None, strict: bool, today: date | None) -> int:
    """Build the site. A build that fails or is ended leaves the last site as it was.

    Only a site or an archive that kb built is replaced, or an empty folder. Exits with 1 where the build fails, with
    --strict also where there is a warning.

    \b
    Examples:
      kb build
      kb build --strict
      kb build --site-dir public --today 2025-03-14
      kb build --offline memory.zip
    """
    if site_dir is not None and offline is not None:
        raise click.UsageError("--offline and --site-dir name two targets; give one of them.")
    root = start.root()
    settings, config = host.settings(root), load_config(root)
    today_of(today)  # a SOURCE_DATE_EPOCH that is no number is refused here, not in the child
    target = Path(site_dir or root / "site" if offline is None else offline).resolve()
    job = _Job(root, settings, target, offline is not None, strict, today)
    _refuse(job, config)
    began = monotonic()
    pages = _archive(job) if job.offline else _publish(job)
    if pages is None:
        return FAILED
    made = f"{count(pages, 'page')} from {count(sum(1 for _ in find_files(root, config)), 'record')}"
    size = f", {target.stat().st_size / 1e6:.1f} MB," if job.offline else ""
    click.echo(f"built {job.name}: {made}{size} in {monotonic() - began:.1f} s")
    return FINE


def _refuse(job: _Job, config: Config) -> None:
    kept = [job.root / folder for kind in KINDS for folder in getattr(config.folders, kind)]
    sources = [job.root / config.docs, *kept]
    if job.offline:
        archive.refuse(job.target, sources)
    else:
        publish.refuse(job.target, job.root, sources)


def _publish(job: _Job) -> int | None:
    """Build and put into place; return the number of pages, or None where the build failed."""
    with host.ending_in_order(), publish.staging(job.target) as (new, lock):
        if not _is_made(job, new, lock):
            return None
        pages = sum(name.endswith(".html") for _, _, names in os.walk(new) for name in names)
        publish.refuse_foreign(job.target)
        publish.swap(new, job.target)
    return pages


def _archive(job: _Job) -> int | None:
    """Build, pack and put into place; return the number of pages, or None where the build failed."""
    with host.ending_in_order(), publish.staging(job.target) as (new, lock):
        site, packed = new / "site", new / job.target.name
        # A browser shows the address `incidents/x/` as a listing of that folder, where no server answers.
        if not _is_made(job, site, lock, "--no-directory-urls"):
            return None
        if _warn(archive.remote(site)) and job.strict:
            _failed("the archive would need the network", job)
            return None
        pages = archive.pack(site, packed, today_of(job.today))
        archive.put(packed, job.target)
    return pages


def _is_made(job: _Job, site: Path, lock: int, *more: str) -> bool:
    """Run MkDocs; where it fails, say so and return False."""
    strict = ["--strict"] if job.strict else []
    call = ["build", "--config-file", str(job.settings), *strict, "--site-dir", str(site), *more]
    code = host.run(call, job.root, host.environment(job.today), ending=signal.SIGTERM, keep=[lock])
    if code != 0:
        _failed(f"MkDocs was ended by signal {-code}" if code < 0 else "the site was not built", job)
        return False
    if not (site / SITE_MARK).is_file():
        hint = "Its plugins must hold `- kb/records` and `- kb/links`."
        raise KbError("the site has no records", path=host.MKDOCS, hint=hint)
    return True


def _warn(remote: Sequence[str]) -> bool:
    for said in remote[:_MOST_SHOWN]:
        click.echo(f"kb: warning: {said}", err=True)
    if len(remote) > _MOST_SHOWN:
        click.echo(f"kb: warning: and {count(len(remote) - _MOST_SHOWN, 'more address', 'more addresses')}", err=True)
    if remote:
        click.echo("    Keep a copy among the site's own files, or link to it.", err=True)
    return bool(remote)


def _failed(how: str, job: _Job) -> None:
    left = f"{job.name} is as it was." if job.target.exists() else "Nothing was published."
    complain(f"{how}\n{left}")

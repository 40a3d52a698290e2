"""`kb build`: the site, whole or not at all.

MkDocs builds into a folder beside the target and `kb.cli.publish` exchanges the two. The records are not read here: the
plugin reads them and prints their findings. Compromise: the number of records in the closing line is that of the files.
"""

import os
import signal
from datetime import date
from pathlib import Path
from time import monotonic

import click

from kb.catalogue.today import today_of
from kb.cli import host, options, publish
from kb.cli.options import FAILED, FINE, Start, complain
from kb.config import KINDS, Config, load_config
from kb.errors import KbError
from kb.pages.site import SITE_MARK
from kb.records.read import find_files
from kb.text import count


@click.command(short_help="Build the site, whole or not at all.")
@click.option("--site-dir", metavar="DIR", help="Where the site goes; `site` beside kb.toml unless given.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@options.today
@click.pass_obj
def build(start: Start, site_dir: str | None, strict: bool, today: date | None) -> int:
    """Build the site. A build that fails or is ended leaves the last site as it was.

    Only a site that kb built is replaced, or an empty folder. Exits with 1 where the build fails, with --strict also
    where there is a warning.

    \b
    Examples:
      kb build
      kb build --strict
      kb build --site-dir public --today 2025-03-14
    """
    root = start.root()
    settings, config = host.settings(root), load_config(root)
    target = Path(site_dir or root / "site").resolve()
    today_of(today)  # a SOURCE_DATE_EPOCH that is no number is refused here, not in the child
    publish.refuse(target, root, _sources(root, config))
    began = monotonic()
    arguments = ["build", "--config-file", str(settings), *(["--strict"] if strict else [])]
    pages = _publish(arguments, root, target, today)
    if pages is None:
        return FAILED
    records = count(sum(1 for _ in find_files(root, config)), "record")
    click.echo(f"built {_said(target)}: {count(pages, 'page')} from {records} in {monotonic() - began:.1f} s")
    return FINE


def _sources(root: Path, config: Config) -> list[Path]:
    return [root / config.docs, *(root / folder for kind in KINDS for folder in getattr(config.folders, kind))]


def _publish(arguments: list[str], root: Path, target: Path, today: date | None) -> int | None:
    """Build and put into place; return the number of pages, or None where the build failed."""
    with host.ending_in_order(), publish.staging(target) as (new, lock):
        call = [*arguments, "--site-dir", str(new)]
        code = host.run(call, root, host.environment(today), ending=signal.SIGTERM, keep=[lock])
        if code != 0:
            _failed(code, target)
            return None
        if not (new / SITE_MARK).is_file():
            hint = "Its plugins must hold `- kb/records` and `- kb/links`."
            raise KbError("the site has no records", path=host.MKDOCS, hint=hint)
        pages = sum(name.endswith(".html") for _, _, names in os.walk(new) for name in names)
        publish.refuse_foreign(target)
        publish.swap(new, target)
    return pages


def _failed(code: int, target: Path) -> None:
    how = f"MkDocs was ended by signal {-code}" if code < 0 else "the site was not built"
    left = f"{_said(target)} is as it was." if target.exists() else "Nothing was published."
    complain(f"{how}\n{left}")


def _said(target: Path) -> str:
    here = Path.cwd()
    return f"{target.relative_to(here) if target.is_relative_to(here) else target}/"

"""`kb new`: begins a record, a kind of it at a time; now a pattern, from a cluster of incidents.

What the incidents say is filled in; what only a person can say is a question under its heading. The file is written beside its
place and put there in one step that replaces nothing, so that no half file is left and no file is lost. Compromise: where
the file system knows no links, a file that appears in the same instant would be replaced.
"""

import os
from datetime import date
from pathlib import Path

import click

import kb
from kb.cli import options
from kb.cli.options import FINE, Commands, Start
from kb.errors import KbError
from kb.text import did_you_mean


@click.group(
    cls=Commands, invoke_without_command=True, short_help="Begin a record.", subcommand_metavar="KIND [ARGS]..."
)
@click.pass_context
def new(ctx: click.Context) -> int:
    """Begin a record with what is known already.

    \b
    Examples:
      kb new pattern --from-cluster 2019-03-04-gates-shut
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return FINE


@new.command(short_help="Begin the pattern that describes a cluster.")
@click.option("--from-cluster", "cluster", metavar="ID", required=True, help="The cluster, or an incident in it.")
@click.option("--title", metavar="TEXT", help="Its title; what the cluster is called unless given.")
@options.today
@click.pass_obj
def pattern(start: Start, cluster: str, title: str | None, today: date | None) -> int:
    """Begin the pattern that describes a cluster, and print the path of its file.

    Incidents, causes, services and playbooks are filled in from the incidents of the cluster, and what is known stands under the
    headings beside what a person has to answer. A file that exists is never replaced.

    \b
    Examples:
      kb clusters
      kb new pattern --from-cluster 2019-03-04-gates-shut
      kb new pattern --from-cluster 2019-03-04-gates-shut --title "Certificates that nobody renews"
    """
    from kb.cli.pattern import Pattern

    recurrence = kb.Recurrence(kb.load(start.root(), today=today))
    found = _cluster(recurrence, cluster)
    described = recurrence.catalogue.records.get(found.learning or "")
    if described and title is None:
        raise KbError(f"{described.path} describes it already", hint="`--title` begins another one.")
    made = Pattern.of(recurrence, found, title)
    _refuse_taken(recurrence.catalogue, made.name)
    path = recurrence.catalogue.root / made.path
    write_new(path, made.content())
    if described:
        click.echo(f"kb: {described.path} describes it already", err=True)
    click.echo(os.path.relpath(path))
    return FINE


def _cluster(recurrence: "kb.Recurrence", asked: str) -> "kb.Cluster":
    record = recurrence.catalogue.find(asked)
    if record is not None and record.id in recurrence.cluster_of:
        return recurrence.cluster_of[record.id]
    if not recurrence.clusters:
        raise KbError("there are no clusters here", hint="A cluster takes several incidents that happened in one way.")
    known = [one.id for one in recurrence.clusters]
    if record is not None and record.id in recurrence.incidents:
        raise KbError(
            f"`{record.id}` belongs to no cluster", hint=did_you_mean(asked, known) or "`kb clusters` lists them."
        )
    raise KbError(f"there is no cluster `{asked}`", hint=did_you_mean(asked, known) or "`kb clusters` lists them.")


def _refuse_taken(catalogue: "kb.Catalogue", name: str) -> None:
    """Refuse a name that another record has, or an address that is the same."""
    from kb.text import slug

    for record in catalogue.records.values():
        if name in map(slug, (record.id, *record.aliases)):
            raise KbError(f"the id `{name}` is that of {record.path}", hint="`--title` gives another one.")


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all.

    Raises:
        KbError: it is there, or its folder cannot be one.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise KbError(f"{os.path.relpath(path.parent)} cannot be a folder: a file is there") from error
    # Its name begins with a point, so that nobody takes it for a record.
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _put(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _put(beside: Path, path: Path) -> None:
    taken = KbError(f"{os.path.relpath(path)} exists", hint="`--title` gives another name; a file is never replaced.")
    try:
        os.link(beside, path)
    except FileExistsError as error:
        raise taken from error
    except OSError:
        # No links here.
        if os.path.lexists(path):
            raise taken from None
        beside.rename(path)

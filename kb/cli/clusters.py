"""`kb clusters`: what keeps happening, what happened once, and what came back.

Compromise: a cluster shows what tells it apart and where it is described; its incidents one by one are in `--json` and on
its page.
"""

import json
import shlex
from collections.abc import Iterator

import click

import kb
from kb.cli.options import FINE, Start
from kb.cli.wording import gap_said, promises_said, size_said
from kb.text import count


@click.command(short_help="See what keeps happening.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def clusters(start: Start, as_json: bool) -> int:
    """Show groups of incidents that happened in one way, the largest first, and the repeats that people declared.

    An incident that is like no other is left out, and counted. A cluster is known by its earliest incident, or by the one
    under which `[clusters.names]` in kb.toml gives it a name.

    \b
    Examples:
      kb clusters
      kb clusters --json
    """
    recurrence = kb.Recurrence(kb.load(start.root()))
    for name in recurrence.catalogue.config.clusters.names:
        if name in recurrence.incidents and name not in {one.id for one in recurrence.clusters}:
            click.echo(
                f"kb: kb.toml gives `{name}` a cluster's name, which is not used: {_unused(recurrence, name)}", err=True
            )
    click.echo(_json(recurrence) if as_json else "\n".join(_text(recurrence)))
    return FINE


def _unused(recurrence: "kb.Recurrence", name: str) -> str:
    cluster = recurrence.cluster_of.get(name)
    return f"its cluster is named by `{cluster.id}`" if cluster else "it belongs to no cluster"


def _json(recurrence: "kb.Recurrence") -> str:
    found = [
        {
            "id": one.id,
            "label": one.label,
            "named": one.is_named,
            "terms": list(one.terms),
            "members": list(one.members),
            "exemplar": one.exemplar,
            "cohesion": one.cohesion,
            "learning": one.learning,
        }
        for one in recurrence.clusters
    ]
    return json.dumps({"clusters": found, "unclustered": list(recurrence.unclustered)}, indent=2)


def _text(recurrence: "kb.Recurrence") -> Iterator[str]:
    found, alone = recurrence.clusters, len(recurrence.unclustered)
    yield f"{count(len(found), 'cluster')}, the largest first." if found else "No clusters."
    for cluster in found:
        yield ""
        yield from _cluster(recurrence, cluster)
    if alone:
        yield ""
        yield f"{count(alone, 'incident')} {'belongs' if alone == 1 else 'belong'} to no cluster."
    if recurrence.repeats:
        yield ""
        yield f"{count(len(recurrence.repeats), 'repeat')}, by day."
    for repeat in recurrence.repeats:
        kept = promises_said(repeat)
        yield f"    {repeat.later} repeats {repeat.earlier} {gap_said(repeat)}: {kept}"


def _cluster(recurrence: "kb.Recurrence", cluster: "kb.Cluster") -> Iterator[str]:
    yield click.style(cluster.label, bold=True)
    yield f"    {cluster.id} · {size_said([recurrence.incidents[name] for name in cluster.members])}"
    if cluster.terms:
        yield f"    what tells it: {', '.join(cluster.terms)}"
    yield f"    most like the others: {recurrence.incidents[cluster.exemplar].title} ({cluster.exemplar})"
    learning = recurrence.catalogue.records.get(cluster.learning or "")
    if learning:
        yield f"    described by: {learning.title} ({learning.path})"
    else:
        yield f"    described by nothing yet: `kb new pattern --from-cluster {shlex.quote(cluster.id)}` begins to"

"""`kb schema`: the JSON Schema of one kind's frontmatter, for editors.

Compromise: outside a knowledge base it prints the default words instead of refusing, because an editor may be set up
before the first record is written.
"""

import json

import click

from kb.cli.options import FINE, Start
from kb.config import KINDS, Config, Kind, load_config
from kb.errors import KbError
from kb.records.schema import json_schema


@click.command(short_help="Print the JSON Schema of a kind of record.")
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@click.pass_obj
def schema(start: Start, kind: Kind) -> int:
    """Print the JSON Schema (draft 2020-12) of a record's frontmatter, for editors.

    KIND is postmortem, playbook or learning. The words it suggests are those of kb.toml, or the default ones outside a
    knowledge base. It refuses nothing that `kb check` accepts.

    \b
    Examples:
      kb schema postmortem
      kb schema playbook > .vscode/playbook.schema.json
    """
    click.echo(json.dumps(json_schema(kind, _config(start)), indent=2))
    return FINE


def _config(start: Start) -> Config:
    try:
        root = start.root()
    except KbError:
        if start.folder is not None:
            raise
        return Config()
    return load_config(root)

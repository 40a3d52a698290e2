"""`kb similar`: whether this happened before, for an incident of the knowledge base or for a draft.

What is asked for is an id, else a file. A file among the postmortems is the record that it holds; any other is read as a
postmortem that is not here yet, under the same kb.toml. Compromise: a draft with an error is not compared, so that nothing
is said of a text that was only half understood.
"""

import json
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import click

import kb
from kb.cli.options import FAILED, FINE, Start
from kb.cli.wording import about, answers, broken_lines, gap_said, promises_said, reasons_said, strength
from kb.errors import KbError
from kb.records.files import Found, find_files
from kb.text import count, did_you_mean, slug

# What an id may not begin with.
_BEFORE_ID = r"^[\W_]+"
_ASK = "Name an incident by its id, or a file that holds one."


@click.command(short_help="Ask whether this happened before.")
@click.argument("asked", metavar="ID|FILE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def similar(start: Start, asked: str, as_json: bool) -> int:
    """Show the incidents that are most like one, why, and what people said of them.

    ID is an incident of the knowledge base. FILE may be a draft that is not part of it yet, wherever it lies. Shown are at most
    five, the nearest first, and none that is alike by chance only. For an incident that came back, the promises that
    were not kept when it did are listed.

    \b
    Examples:
      kb similar 2024-03-05-example-expired-certificate
      kb similar postmortems/2024/2024-03-05-example-expired-certificate.md
      kb similar ~/draft.md
      kb similar ~/draft.md --json
    """
    catalogue = kb.load(start.root())
    subject = _subject(catalogue, asked)
    if isinstance(subject, _Refused):
        click.echo(subject.text(), err=True)
        return FAILED
    recurrence = kb.Recurrence(catalogue, subject.draft)
    click.echo(_json(recurrence, subject) if as_json else "\n".join(_text(recurrence, subject)))
    return FINE


@dataclass(frozen=True, slots=True)
class _Subject:
    """The incident that is asked about, where it is written, and whether it is a draft."""

    incident: "kb.Postmortem"
    path: str
    draft: "kb.Postmortem | None" = None


@dataclass(frozen=True, slots=True)
class _Refused:
    """A file that could not be read as a postmortem: the folder from which findings name it, and the findings."""

    root: Path
    findings: "tuple[kb.Finding, ...]"

    def text(self) -> str:
        # The reports come with rich and the model, which a comparison that succeeds does without.
        from kb.cli.report import Report, as_text

        return as_text(Report(self.root, 1, self.findings, kb.Level.HINT))


def _subject(catalogue: "kb.Catalogue", asked: str) -> _Subject | _Refused:
    record = catalogue.find(asked)
    if isinstance(record, kb.Postmortem):
        return _Subject(record, record.path)
    path = _path(catalogue, asked)
    if path is not None:
        return _of_file(catalogue, asked, path)
    if record is not None:
        raise KbError(f"`{record.id}` is a {record.kind_of_record}; only incidents are compared", hint=_ASK)
    known = [name for one in catalogue.incidents for name in (one.id, *one.aliases)]
    raise KbError(f"there is no incident and no file `{asked}`", hint=did_you_mean(asked, known) or _ASK)


def _path(catalogue: "kb.Catalogue", asked: str) -> Path | None:
    """Return the file that is asked for, or the one of an incident that could not be read, or None."""
    given = [Path.cwd() / asked, catalogue.root / asked] if asked else []
    named = (catalogue.root / one.path for one in _files(catalogue) if Path(one.path).stem == asked)
    return next((path for path in chain(given, named) if os.path.lexists(path)), None)


def _files(catalogue: "kb.Catalogue") -> Iterator[Found]:
    return find_files(catalogue.root, catalogue.config)


def _of_file(catalogue: "kb.Catalogue", asked: str, path: Path) -> _Subject | _Refused:
    real = Path(os.path.realpath(path))
    # The last part is left unresolved: a record that is a symbolic link is known under its own name.
    name = Path(os.path.realpath(path.parent), path.name)
    inside = name.relative_to(catalogue.root).as_posix() if name.is_relative_to(catalogue.root) else ""
    kind = next((found.kind for found in _files(catalogue) if found.path == inside), "")
    if kind and kind != "postmortem":
        raise KbError(f"{asked} is a {kind}; only incidents are compared", hint=_ASK)
    if not kind:
        _refuse_irregular(asked, real)
        return _draft(catalogue, asked, real)
    record = next((one for one in catalogue.incidents if one.path == inside), None)
    if record is None:
        return _refused(asked, catalogue.root, (f for f in catalogue.findings if f.path == inside))
    return _Subject(record, record.path)


def _refuse_irregular(asked: str, real: Path) -> None:
    try:
        mode = real.stat().st_mode
    except FileNotFoundError as error:
        raise KbError(f"{asked} is a link that leads nowhere", hint=_ASK) from error
    if stat.S_ISDIR(mode):
        raise KbError(f"{asked} is a folder", hint=_ASK)
    if not stat.S_ISREG(mode):
        raise KbError(f"{asked} is no regular file", hint="Write what it gives into a file first.")


def _draft(catalogue: "kb.Catalogue", asked: str, real: Path) -> _Subject | _Refused:
    from kb.records.read import read_file

    record, findings = read_file(real.parent, Found("postmortem", real.name, "."), catalogue.config)
    if [finding.code for finding in findings if finding.level is kb.Level.ERROR] == ["bad-id"]:
        record = _under_another_name(catalogue, real)
    if not isinstance(record, kb.Postmortem):
        return _refused(asked, real.parent, findings)
    if record.id in catalogue.records:
        click.echo(f"kb: {asked} stands in place of {catalogue.records[record.id].path}, which has its id", err=True)
    return _Subject(record, asked, record)


def _under_another_name(catalogue: "kb.Catalogue", real: Path) -> "kb.Record | None":
    """Read a draft that is called what no record may be called, such as `_draft.md`; None where its own `id` is at fault."""
    from kb.records.read import read_file

    with TemporaryDirectory() as folder:
        name = f"{re.sub(_BEFORE_ID, '', slug(real.stem)) or 'draft'}.md"
        shutil.copyfile(real, Path(folder, name))
        return read_file(Path(folder), Found("postmortem", name, "."), catalogue.config)[0]


def _refused(asked: str, root: Path, findings: "Iterable[kb.Finding]") -> _Refused:
    found = tuple(findings)
    errors = tuple(finding for finding in found if finding.level is kb.Level.ERROR) or found
    if not errors:
        raise KbError(f"{asked} cannot be read as a postmortem", hint="kb.toml turns off the finding that says why.")
    return _Refused(root, errors)


def _json(recurrence: "kb.Recurrence", subject: _Subject) -> str:
    name = subject.incident.id
    found = [
        {
            "id": near.id,
            "title": near.title,
            "score": near.score,
            "strong": near.is_strong,
            "relation": near.relation,
            "reasons": [{"kind": reason.kind, "what": list(reason.what)} for reason in near.reasons],
        }
        for near in recurrence.similar(name)
    ]
    return json.dumps({"id": name, "similar": found}, indent=2)


def _text(recurrence: "kb.Recurrence", subject: _Subject) -> Iterator[str]:
    incident, found = subject.incident, recurrence.similar(subject.incident.id)
    yield click.style(incident.title, bold=True)
    yield f"    {about(incident)}"
    yield ""
    if not found:
        yield "Nothing similar: no incident here is more like it than by chance."
    else:
        yield f"{count(len(found), 'similar incident')}, the nearest first."
    offered = {near.id for near in recurrence.offered(incident.id)}
    for near in found:
        yield ""
        yield from _near(recurrence, near)
        if near.id in offered:
            yield f"    Does this repeat it? Nobody has said. In {subject.path}:"
            yield from (f"        {line}" for line in answers(near.id))
    for repeat in recurrence.repeats_of.get(incident.id, ()):
        yield ""
        yield f"It repeats {repeat.earlier} {gap_said(repeat)}: {promises_said(repeat)}."
        yield from (f"    {line}" for line in broken_lines(repeat))


_RELATIONS = {
    "repeats": "This repeats it, as the records say.",
    "repeated by": "It repeats this, as the records say.",
    "related": "They are related, as the records say.",
}


def _near(recurrence: "kb.Recurrence", near: "kb.Near") -> Iterator[str]:
    yield click.style(near.title, bold=True)
    yield f"    {about(recurrence.incidents[near.id])}"
    yield f"    {strength(near)}: {reasons_said(near.reasons)}"
    if near.relation:
        yield f"    {_RELATIONS[near.relation]}"

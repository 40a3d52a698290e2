"""A cluster of incidents -> the file of a pattern: what they say filled in, and a question where only a person knows.

No sentence is invented: the text consists of counts, ids and questions. Compromise: its title is the cluster's label, which is
made of words; a person finds a better one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import kb
from kb.cli.wording import day_of, listed, size_said
from kb.errors import KbError
from kb.pages.profile import playbooks
from kb.records.frontmatter import Fault, read
from kb.text import said, slug, yaml_text

FOLDER = "patterns"
# A name of a file has at most 255 bytes, and a letter at most four.
_LONGEST = 60
_MARKUP = re.compile(r"[\\`*_\[\]|~$^{}]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern in the making: the name and path of its file, its frontmatter and its body."""

    name: str
    path: str
    head: str
    body: str

    @classmethod
    def of(cls, recurrence: "kb.Recurrence", cluster: "kb.Cluster", title: str | None) -> "Pattern":
        """Return the pattern of a cluster, under the cluster's label unless there is a title.

        Raises:
            KbError: the title is empty.
        """
        called = " ".join((cluster.label if title is None else title).split())
        if not called:
            raise KbError("the title is empty", hint="It says in one line what keeps happening.")
        incidents = [recurrence.incidents[name] for name in cluster.members]
        folder = recurrence.catalogue.config.folders.learning[0].rstrip("/")
        head, body = _head(recurrence.catalogue, called, incidents), _body(recurrence.catalogue, cluster, incidents)
        return cls(_name(called), f"{folder}/{FOLDER}/{_name(called)}.md", "\n".join(head), "\n\n".join(body))

    def content(self) -> bytes:
        """Return the bytes of the file.

        Raises:
            KbError: its title holds what no record may hold.
        """
        try:
            content = f"---\n{self.head}\n---\n\n{self.body}\n".encode()
            notes = [message for _, _, message in read(content).notes]
        except (UnicodeEncodeError, Fault) as error:
            notes = [str(error)]
        if notes:
            raise KbError(f"the pattern cannot be written: {notes[0]}", hint="`--title` gives another title.")
        return content


def _name(title: str) -> str:
    # Begins with a letter or digit, as ids do.
    name = re.sub(r"^[\W_]+", "", slug(title)[:_LONGEST]).strip("-.") or "unnamed"
    return f"{name}-pattern" if name in ("index", "readme") else name


def _shared(named: Iterable[Sequence[str]], least: int) -> list[str]:
    """Return what at least so many incidents name, the most frequent first."""
    return [name for name, number in _counted(named) if number >= least and name != "unknown"]


def _counted(named: Iterable[Iterable[str]]) -> list[tuple[str, int]]:
    """Return what incidents name, with how many of them do, the most frequent first, of equals by name."""
    numbers = Counter(name for names in named for name in dict.fromkeys(names))
    return sorted(numbers.items(), key=lambda item: (-item[1], item[0]))


def _playbooks(catalogue: "kb.Catalogue", incidents: Sequence["kb.Postmortem"]) -> Mapping[str, Mapping[str, int]]:
    """Return the playbooks that the incidents used or wanted and that exist, with the verdicts on each."""
    found = {one.name: one.verdicts for one in playbooks(catalogue, incidents) if one.playbook}
    return {name: {verdict or "no verdict": uses for verdict, uses in some} for name, some in sorted(found.items())}


def _head(catalogue: "kb.Catalogue", title: str, incidents: Sequence["kb.Postmortem"]) -> Iterator[str]:
    yield from (f"title: {yaml_text(title)}", "kind: pattern", f"date: {catalogue.today.isoformat()}", "incidents:")
    yield from (f"  - {yaml_text(one.id)}" for one in incidents)
    lists = {
        "playbooks": list(_playbooks(catalogue, incidents)),
        "services": _shared((one.services for one in incidents), 2),
        "causes": _shared((one.causes for one in incidents), len(incidents) // 2 + 1),
    }
    yield from (f"{field}: {listed(*names)}" for field, names in lists.items() if names)


def _body(catalogue: "kb.Catalogue", cluster: "kb.Cluster", incidents: Sequence["kb.Postmortem"]) -> Iterator[str]:
    yield from _section("What it looks like", "What does one see first, each time?")
    yield from _section(
        "The cases", "What happened in each, in one sentence?", f"{size_said(incidents)}.", _cases(incidents)
    )
    yield from _section(
        "What they share, and where they differ",
        "Which step was the same in all, and which was not?",
        _facts(
            words=", ".join(map(_plain, cluster.terms)),
            causes=_numbers(_counted(one.causes for one in incidents)),
            triggers=_numbers(_counted([one.trigger] if one.trigger else [] for one in incidents)),
            services=_numbers(_counted(one.services for one in incidents)),
        ),
    )
    yield from _section(
        "What helps", "What ended it, and what would have kept it from happening?", _remedies(catalogue, incidents)
    )
    yield from _section("Questions for a review", "What should be asked where it has not happened yet?")


def _section(title: str, question: str, *parts: str) -> Iterator[str]:
    yield "\n\n".join([f"## {title}", f"*{question}*", *filter(None, parts)])


def _remedies(catalogue: "kb.Catalogue", incidents: Sequence["kb.Postmortem"]) -> str:
    known = _playbooks(catalogue, incidents)
    states = Counter(action.status or "unknown" for incident in incidents for action in incident.actions)
    return _facts(
        playbooks="; ".join(f"[[{name}]] {_numbers(sorted(verdicts.items()))}" for name, verdicts in known.items()),
        safeguards=_numbers(_counted(map(_safeguards, incidents))),
        actions=_numbers(sorted(states.items())),
    )


def _safeguards(incident: "kb.Postmortem") -> list[str]:
    return [f"{one.name} {one.verdict or 'verdict unknown'}" for one in incident.safeguards]


def _cases(incidents: Iterable["kb.Postmortem"]) -> str:
    return "\n".join(
        f"- {day_of(one)}{f', {_plain(one.organization)}' if one.organization else ''}: [[{one.id}]]"
        for one in incidents
    )


def _facts(**facts: str) -> str:
    return "\n".join(f"- {name.capitalize()}: {value}" for name, value in facts.items() if value)


def _numbers(counted: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{_plain(said(name))} {number}" for name, number in counted)


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _MARKUP.sub(r"\\\g<0>", escape(" ".join(text.split()), quote=False))

"""Has it happened before? What is near an incident, what it repeats and came back as, and what had been promised.

`kb.recurrence` finds all of it; here it is put into words. A promise is named with how it stood on the day it came back,
which is what a reader can act on. Compromise: where nothing is published of a promise it is counted and not named, because a
list of unknowns says less than their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.catalogue.promise import Promise
from kb.pages.address import record_uri, reference_uri
from kb.pages.desk import Desk
from kb.records.model import Postmortem
from kb.text import age, count, said, yaml_text

if TYPE_CHECKING:
    from kb.recurrence.clusters import Cluster
    from kb.recurrence.near import Reason
    from kb.recurrence.recurrence import Near, Recurrence
    from kb.recurrence.repeats import Earlier, Repeat

# What people said of two incidents, on the page of the first.
_SAID = {"repeats": "this one repeats it", "repeated by": "it repeats this one", "related": "related"}
# The kinds of reason, what says most of how it happened first.
_LABELS = {
    "mechanism": "both",
    "word": "words",
    "cause": "cause",
    "trigger": "trigger",
    "service": "services",
    "name": "names",
}
# Of each kind a reader is told so many, what weighs most.
_REASONS = 3


@dataclass(frozen=True, slots=True)
class Likeness:
    """An incident near this one. `share` is the score in per cent; `reasons` are (label, what both have)."""

    incident: Postmortem
    is_strong: bool
    score: str
    share: int
    reasons: tuple[tuple[str, str], ...]
    said: str


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise that was not kept or not verified when it came back. `then` is how it stood, in words; `mark` its sign."""

    title: str
    uri: str
    then: str
    mark: str


@dataclass(frozen=True, slots=True)
class Return:
    """A repeat. `days` is the gap, `rough` the same in years or months or ""; `kept` and `unknown` count promises."""

    earlier: Postmortem
    later: Postmortem
    days: str
    rough: str
    broken: tuple[Promised, ...]
    kept: int
    unknown: int

    @property
    def gap(self) -> str:
        """How long after the earlier one: "17 days after", "1,277 days (3 years) after"."""
        return f"{self.days} ({self.rough}) after" if self.rough else f"{self.days} after"

    @property
    def balance(self) -> str:
        """What had become of the promises of the earlier one by then, in a sentence."""
        made = len(self.broken) + self.kept + self.unknown
        if not made:
            return "Nothing had been promised after the earlier one."
        if self.unknown == made:
            return f"{count(made, 'promise')} of unknown state."
        parts = [
            f"{len(self.broken)} not kept or not verified" if self.broken else "",
            f"{self.kept} kept and verified" if self.kept else "",
            f"{self.unknown} of unknown state" if self.unknown else "",
        ]
        return f"{count(made, 'promise')}: {', '.join(filter(None, parts))}."


@dataclass(frozen=True, slots=True)
class Again:
    """What the page of an incident says of what happened before and after it.

    `offered` are earlier ones that nobody judged, each with its id as YAML writes it.
    """

    near: tuple[Likeness, ...]
    offered: tuple[tuple[Postmortem, str], ...]
    repeats: tuple[Return, ...]
    returns: tuple[Return, ...]
    cluster: "Cluster | None"
    strong: float

    @property
    def asked(self) -> str:
        """What is written into a list to answer for the one that is offered; a word for it where there are several."""
        return self.offered[0][1] if len(self.offered) == 1 else "id"


def again(desk: Desk, incident: Postmortem) -> Again | None:
    """Return what there is to say, or None where the site says nothing of it."""
    recurrence = desk.recurrence
    if recurrence is None:
        return None
    from kb.recurrence.near import STRONG

    near = recurrence.similar(incident.id)
    return Again(
        near=tuple(_likeness(recurrence, one) for one in near),
        offered=tuple((recurrence.incidents[one.id], yaml_text(one.id)) for one in recurrence.offered(incident.id)),
        repeats=repeats_of(desk, incident),
        returns=tuple(_return(recurrence, one) for one in desk.returns.get(incident.id, ())),
        cluster=recurrence.cluster_of.get(incident.id),
        strong=STRONG,
    )


def _likeness(recurrence: "Recurrence", near: "Near") -> Likeness:
    return Likeness(
        incident=recurrence.incidents[near.id],
        is_strong=near.is_strong,
        score=f"{near.score:.2f}",
        share=round(100 * near.score),
        reasons=reasons(near.reasons),
        said=_SAID.get(near.relation, ""),
    )


def reasons(found: "Sequence[Reason]") -> tuple[tuple[str, str], ...]:
    """Return reasons as (label, what both have), what says most of how it happened first."""
    by_kind = {reason.kind: reason for reason in found}
    return tuple(
        (label, ", ".join(map(said, by_kind[kind].what[:_REASONS])))
        for kind, label in _LABELS.items()
        if kind in by_kind
    )


def repeats_of(desk: Desk, incident: Postmortem) -> tuple[Return, ...]:
    """Return what people declared that an incident repeats, the shortest gap first."""
    if desk.recurrence is None:
        return ()
    return tuple(_return(desk.recurrence, one) for one in desk.recurrence.repeats_of.get(incident.id, ()))


def repeated(recurrence: "Recurrence") -> list[Return]:
    """Return every repeat that people declared, the latest first."""
    return [_return(recurrence, one) for one in reversed(recurrence.repeats)]


def repeated_among(recurrence: "Recurrence", names: Sequence[str]) -> list[Return]:
    """Return the repeats of which both incidents are among these, in their order from the last."""
    among = {*names}
    found = (one for name in reversed(names) for one in recurrence.repeats_of.get(name, ()))
    return [_return(recurrence, one) for one in found if one.earlier in among]


def _return(recurrence: "Recurrence", repeat: "Repeat") -> Return:
    earlier = recurrence.incidents[repeat.earlier]
    return Return(
        earlier=earlier,
        later=recurrence.incidents[repeat.later],
        days=_days(repeat.gap),
        rough=_rough(repeat.gap),
        broken=tuple(_promised(earlier, promise) for promise in repeat.broken),
        kept=repeat.kept,
        unknown=len(repeat.promises) - len(repeat.broken),
    )


def _promised(earlier: Postmortem, promise: "Earlier") -> Promised:
    action = promise.action
    uri = reference_uri(earlier, action.id) if action.id else f"{record_uri(earlier)}#actions"
    return Promised(action.title or action.id, uri, promise.said, f"then-{promise.then}")


def _days(gap: int | None) -> str:
    return "an unknown time" if gap is None else count(gap, "day")


def _rough(gap: int | None) -> str:
    """Return the gap as people say it, "" where that is what the days say."""
    rough = age(gap) if gap else ""
    return "" if gap is None or rough == count(gap, "day") else rough


def stood(desk: Desk, promise: Promise) -> list[tuple[str, Postmortem]]:
    """Return how a promise stood each time its incident came back, with the later one, where it was not kept or not verified."""
    recurrence = desk.recurrence
    if recurrence is None or promise.record not in desk.returns:
        return []
    found = ((repeat.later, one) for repeat in desk.returns[promise.record] for one in repeat.broken)
    # By identity: two promises of an incident may read the same.
    return [(one.said, recurrence.incidents[later]) for later, one in found if one.action is promise.action]


@dataclass(frozen=True, slots=True)
class Suggested:
    """A cause that an incident without one may have; `right` of `of` such suggestions are right here."""

    cause: str
    evidence: str
    right: int
    of: int


def suggested(desk: Desk, incident: Postmortem) -> Suggested | None:
    """Return the suggested cause of an incident without causes, or None."""
    found = desk.recurrence.suggestion(incident.id) if desk.recurrence else None
    if desk.recurrence is None or found is None:
        return None
    right, of = desk.recurrence.causes.right
    return Suggested(found.cause, ", ".join(found.evidence), right, of)

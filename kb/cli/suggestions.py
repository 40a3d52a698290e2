"""What a check suggests: a cause for an incident that names none, and an earlier incident that one may repeat.

What suggests takes a second to import, so it is not called where there is nothing to suggest: no incident without a cause
and no two with a day, or both codes turned off. Compromise: every pair is looked for however few findings are printed,
because the closing line counts all.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kb.cli.wording import day_of, listed, reasons_said
from kb.finding import Finding, Level

if TYPE_CHECKING:
    import kb

CAUSE, REPEAT = "suggested-cause", "undeclared-repeat"


def suggested(catalogue: "kb.Catalogue", is_wanted: Callable[[str], bool] = lambda _: True) -> tuple[Finding, ...]:
    """Return the suggestions for the incidents whose paths are wanted, in order of place."""
    wanted = [incident for incident in catalogue.incidents if is_wanted(incident.path)]
    dated = [incident for incident in catalogue.incidents if incident.started]
    without = [one for one in wanted if not one.causes] if _is_on(catalogue, CAUSE) else []
    later = [one for one in wanted if one.started and len(dated) > 1] if _is_on(catalogue, REPEAT) else []
    if not without and not later:
        return ()
    from kb.recurrence.recurrence import Recurrence

    recurrence = Recurrence(catalogue)
    found = [finding for one in without for finding in _cause(recurrence, one)]
    found += [finding for one in later for finding in _repeat(recurrence, one)]
    return tuple(sorted(found, key=lambda finding: finding.order))


def _is_on(catalogue: "kb.Catalogue", code: str) -> bool:
    return catalogue.config.level(code) is not Level.OFF


def _cause(recurrence: "kb.Recurrence", incident: "kb.Postmortem") -> Iterator[Finding]:
    suggestion = recurrence.suggestion(incident.id)
    if suggestion is None or not suggestion.evidence:
        return
    right, of = recurrence.causes.right
    message = (
        f"no cause is named; the nearest is `{suggestion.cause}`, by the words {', '.join(suggestion.evidence)} "
        f"(such guesses are right here in {right} of {of})"
    )
    hint = f"Write `causes: {listed(suggestion.cause)}` if it is true, `causes: [unknown]` if nobody knows it."
    yield Finding(CAUSE, recurrence.catalogue.config.level(CAUSE), incident.path, 1, message, hint)


def _repeat(recurrence: "kb.Recurrence", incident: "kb.Postmortem") -> Iterator[Finding]:
    """Yield one finding for all that it may repeat, so that a family of incidents does not drown the rest."""
    offered = recurrence.offered(incident.id)
    if not offered:
        return
    best, *others = offered
    day = day_of(recurrence.incidents[best.id])
    message = f"this may repeat `{best.id}` of {day}: {reasons_said(best.reasons)} ({best.score:.2f})"
    message += f"; or {', '.join(f'`{other.id}` ({other.score:.2f})' for other in others)}" if others else ""
    name = listed(best.id)
    hint = f"Write `recurrence_of: {name}` if it does, `not_related: {name}` if it does not, or name it in `related`."
    yield Finding(REPEAT, recurrence.catalogue.config.level(REPEAT), incident.path, 1, message, hint)

"""What reviews decided: their records, the sentences, and what became of the actions they promised.

Compromise: a quarter has one record; where somebody wrote two, the first by path counts, and the check says nothing.
"""

from datetime import date

from kb.catalogue.catalogue import Catalogue
from kb.records.model import Learning
from kb.review.ledger import standing
from kb.review.model import Decided
from kb.trends.quarter import Quarter, parse_quarter

KIND = "review"


def record_of(catalogue: Catalogue, quarter: Quarter) -> Learning | None:
    """Return the record of a quarter's review, or None."""
    found = (one for one in catalogue.learnings if one.kind == KIND and quarter_said(one) == quarter)
    return min(found, key=lambda one: one.path, default=None)


def quarter_said(review: Learning) -> Quarter | None:
    """Return the quarter that a record names, None where it names none or none that is one."""
    try:
        return parse_quarter(review.quarter or "")
    except ValueError:
        return None


def decided(catalogue: Catalogue, quarter: Quarter, day: date) -> Decided | None:
    """Return what the review of a quarter decided, with its actions as they stood at the end of a day."""
    record = record_of(catalogue, quarter)
    if record is None:
        return None
    promises = standing(catalogue, catalogue.promises_of.get(record.id, ()), day)
    return Decided(record, record.decisions, tuple(promises))

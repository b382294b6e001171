r"""Are the scores of links probabilities? Fits them to hand-aligned gold, and shows how they hold on sentences left out.

    python benchmarks/calibration.py MODEL --layer 8 \
        --gold de-en.src-tgt,de-en.gold,de,en,en-de.tsv --gold en-fr.src-tgt,en-fr.gold,en,fr,en-fr.tsv

Each --gold is sentences, links, two languages and a dictionary (en-de.tsv for de-en is turned round by itself if it is
named after its languages). The weights printed last are fitted to all sentences and are what the package ships; the
table is cross-validated: links of every second sentence are scored by weights fitted to the others.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from vecocli.encoder.encoder import Encoder
from vecocli.mining.aligner import METHODS, Aligner, AlignerSettings
from vecocli.mining.calibration import Calibration, Pair
from vecocli.mining.evaluate import by_method, evaluate_alignment, read_sentences
from vecocli.mining.gold import GoldLinks, read_gold
from vecocli.mining.known import known_words
from vecocli.registry import names
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
        _table(method, corpora)
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


def _table(method: str, corpora: dict[str, Corpus]) -> None:
    """Show the links of every corpus by score."""
    halves = [Calibration.fit([{method: corpus[method][half::2]} for corpus in corpora.values()]) for half in range(2)]
    print(f"\n{method}: per cent right (number of links) by score\n")
    print("| score | " + " | ".join(corpora) + " | all |\n|---|" + "---|" * (len(corpora) + 1))
    found = {
        name: [one for half in range(2) for one in _scored(halves[1 - half], method, corpus[method][half::2])]
        for name, corpus in corpora.items()
    }
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

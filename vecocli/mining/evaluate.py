"""Word alignment of an encoder against gold, method by method and layer by layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from vecocli.errors import UsageError
from vecocli.mining.aer import AlignmentScore, score
from vecocli.mining.aligner import Aligned, Aligner
from vecocli.mining.calibration import Calibration, Pair
from vecocli.mining.gold import GoldLinks
from vecocli.mining.known import Known
from vecocli.mining.words import WordedPair, tokenised
from vecocli.progress import Progress, silent
from vecocli.text.corpus import open_parallel

DICTIONARY = "dictionary"


@dataclass(frozen=True, slots=True)
class MethodScore:
    """The scores of one method at one layer.

    Args:
        method: Its name; `dictionary` for the dictionary alone, `argmax+dictionary` for a method that it helped.
        layer: 0 is the embeddings; None for the dictionary alone.
        score: Its scores over all sentence pairs.
    """

    method: str
    layer: int | None
    score: AlignmentScore


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an aligner gives on gold.

    Args:
        scores: One per method and layer.
        runs: The links of every pair, by the method alone and, where there is a dictionary, with its help.
        slots: (method, layer) of each list of links of a pair.
        long: Sentences that were longer than the encoder reads at once.
    """

    scores: list[MethodScore]
    runs: list[list[Aligned]]
    slots: list[tuple[str, int]]
    long: int


def read_sentences(paths: Sequence[Path], source: str, target: str) -> list[WordedPair]:
    """Read the sentences of a gold file: a parallel corpus whose words stand between blanks, one pair a line.

    Args:
        paths: What `open_parallel` takes, such as one file of `source ||| target` lines or two files. Where every line
            of a side begins with `id<TAB>`, the ids are left out.
        source: Source language.
        target: Target language.

    Returns:
        One pair a line; a line without text on a side stays, so that links keep their lines.
    """
    pairs = list(open_parallel(paths, source, target))
    sources, targets = (_without_ids(side) for side in ([p.source for p in pairs], [p.target for p in pairs]))
    return [tokenised(left, right) for left, right in zip(sources, targets, strict=True)]


def _without_ids(texts: list[str]) -> list[str]:
    numbered = all("\t" in text for text in texts if text)
    return [text.partition("\t")[2] for text in texts] if numbered else texts


def evaluate_alignment(
    aligner: Aligner,
    pairs: Sequence[WordedPair],
    gold: Sequence[GoldLinks],
    known: Known | None = None,
    progress: Progress = silent,
) -> Evaluation:
    """Align sentence pairs and score the links of every method at every layer.

    Args:
        aligner: Methods, layers and all else.
        pairs: N sentence pairs.
        gold: Their N gold entries.
        known: What a dictionary links in these pairs by itself, and all that it lists in them.
        progress: Called with (pairs done, N), anew for the run with a dictionary.
    """
    scores = [] if known is None else [MethodScore(DICTIONARY, None, score(known.links, gold))]
    runs: list[list[Aligned]] = []
    before = aligner.long
    for listed, name in ((None, "{}"), *([] if known is None else [(known.listed, "{}+" + DICTIONARY)])):
        found = [links for _, links in sorted(aligner.align(pairs, listed, progress), key=itemgetter(0))]
        scores += [
            MethodScore(
                name.format(method), layer, score(({link[:2] for link in links[slot]} for links in found), gold)
            )
            for slot, (method, layer) in enumerate(aligner.slots)
        ]
        runs.append(found)
    return Evaluation(scores, runs, aligner.slots, (aligner.long - before) // len(runs))


def fit_scores(evaluation: Evaluation, pairs: Sequence[WordedPair], gold: Sequence[GoldLinks]) -> Calibration:
    """Fit the scores of links to gold; the runs with and without a dictionary weigh the same.

    Raises:
        UsageError: Several layers were evaluated: the scores of one are not those of another.
    """
    return Calibration.fit([by_method(evaluation, run, pairs, gold) for run in evaluation.runs])


def by_method(
    evaluation: Evaluation, run: Sequence[Aligned], pairs: Sequence[WordedPair], gold: Sequence[GoldLinks]
) -> dict[str, list[tuple[Pair, GoldLinks]]]:
    """Return the links of a run by method, as a calibration takes them.

    Raises:
        UsageError: There are several layers.
    """
    if len({layer for _, layer in evaluation.slots}) > 1:
        raise UsageError("scores are fitted for one layer", "Name it with --layer.")
    return {
        method: [
            (Pair(links[slot], len(pair.source_words), len(pair.target_words)), truth)
            for links, pair, truth in zip(run, pairs, gold, strict=True)
        ]
        for slot, (method, _) in enumerate(evaluation.slots)
    }

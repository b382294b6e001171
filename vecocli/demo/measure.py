"""The demo's two measures on held-out sentences: retrieval of translations and of synonyms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from vecocli.encoder.encoder import Encoder
from vecocli.mining.synonym_accuracy import evaluate_synonyms
from vecocli.progress import Progress, silent
from vecocli.text.shards import ShardFolder
from vecocli.xtreme.retrieve import evaluate_retrieval

LayerScores = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Score:
    """One model on one language, in percent.

    Args:
        forward: Retrieval, English -> other: the nearest of all held-out translations is the right one.
        backward: Retrieval, other -> English.
        synonyms: A word's nearest word in the translation is its synonym; mean of both directions.
    """

    forward: float
    backward: float
    synonyms: float

    @property
    def retrieval(self) -> float:
        """Mean of both directions."""
        return (self.forward + self.backward) / 2


@dataclass(frozen=True, slots=True)
class ModelScores:
    """One model on all languages, read at its best layers.

    Args:
        languages: Language -> score.
        sentence_layer: Layer of the sentence vectors with the best mean retrieval.
        token_layer: Layer of the word vectors with the best mean synonym accuracy.
    """

    languages: Mapping[str, Score]
    sentence_layer: int
    token_layer: int

    def average(self) -> Score:
        """Mean over the languages."""
        rows = list(self.languages.values())
        parts = ("forward", "backward", "synonyms")
        return Score(*(fmean(getattr(row, part) for row in rows) for part in parts))


def measure(model: Path, held_out: Mapping[str, Path], limit: int, progress: Progress = silent) -> ModelScores:
    """Score a model on held-out pairs, every model at its own best layers, so that none is favoured.

    Args:
        model: Its Hugging Face folder.
        held_out: Language -> folder of mined held-out pairs.
        limit: Most sentence pairs per language.
        progress: Called with (languages done, languages).
    """
    encoder = Encoder.load(model)
    layers = range(encoder.num_layers + 1)
    sentences: dict[str, LayerScores] = {}
    words: dict[str, LayerScores] = {}
    for done, (language, folder) in enumerate(held_out.items(), 1):
        shards = ShardFolder(folder)
        rows = shards.rows(range(min(limit, len(shards))))
        found = evaluate_retrieval(
            encoder, [row.pair.source for row in rows], [row.pair.target for row in rows], layers=layers
        )
        sentences[language] = [(score.forward, score.backward) for score in found]
        words[language] = [(score.forward, score.backward) for score in evaluate_synonyms(encoder, rows, layers=layers)]
        progress(done, len(held_out))
    best, token = _best(sentences), _best(words)
    scores = {language: Score(*sentences[language][best], fmean(words[language][token])) for language in held_out}
    return ModelScores(scores, best, token)


def _best(scores: Mapping[str, LayerScores]) -> int:
    """The layer with the highest mean over languages and directions; the lowest of equal ones."""
    layers = range(len(next(iter(scores.values()))))
    return max(layers, key=lambda layer: (fmean(fmean(rows[layer]) for rows in scores.values()), -layer))

"""How well the encoder finds translations and aligns words while it is trained."""

from collections.abc import Sequence

import torch

from vecocli.encoder.devices import Precision
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.packing import forget
from vecocli.encoder.passes import Readout
from vecocli.mining.aligner import Aligner, AlignerSettings
from vecocli.mining.evaluate import evaluate_alignment
from vecocli.training.heldout import Aligned, Parallel
from vecocli.xtreme.retrieve import RetrievalScore, evaluate_retrieval

METHOD = "argmax"
"""How words are linked for AER: by SimAlign's mutual argmax of sub-words."""


class Evaluator:
    """Scores an encoder by the vectors that it is trained to give.

    Sentences are compared at the layer and with the pooling of the sequence objective, words at the layer of the token
    objective. The encoder is left as it was, in the same mode, and no random number is drawn.

    Args:
        encoder: The encoder.
        readout: Where its vectors are read.
        precision: Of its passes.
        max_length: Most sub-words of a sentence, special tokens included.
        texts: What retrieval is measured on.
        aligned: What word alignment is measured on.
    """

    def __init__(
        self,
        encoder: Encoder,
        readout: Readout,
        precision: Precision,
        max_length: int,
        texts: Sequence[Parallel],
        aligned: Aligned | None,
    ) -> None:
        self._encoder, self._readout, self._precision, self._max_length = encoder, readout, precision, max_length
        self._texts, self._aligned = texts, aligned

    def __call__(self) -> dict[str, float]:
        """Score it as it is now.

        Returns:
            Percent by name: `eval/retrieval` (accuracy, mean of both directions and all language pairs), `eval/mexa`,
            `eval/aer` where there is gold; `eval/en-de/forward`, `/backward` and `/mexa` of each language pair.
        """
        training = self._encoder.training
        with torch.random.fork_rng():
            figures = self._retrieval() | self._alignment()
        forget(self._encoder)
        self._encoder.train(training)
        return figures

    def _retrieval(self) -> dict[str, float]:
        scores = {text.name: self._score(text) for text in self._texts}
        figures = {
            "eval/retrieval": sum(score.forward + score.backward for score in scores.values()) / (2 * len(scores)),
            "eval/mexa": sum(score.mexa for score in scores.values()) / len(scores),
        }
        for name, score in scores.items():
            figures |= {f"eval/{name}/{part}": getattr(score, part) for part in ("forward", "backward", "mexa")}
        return figures

    def _score(self, text: Parallel) -> RetrievalScore:
        return evaluate_retrieval(
            self._encoder,
            text.sources,
            text.targets,
            layers=[self._readout.sentence_layer],
            pooling=self._readout.sentence_pooling,
            max_length=self._max_length,
            precision=self._precision,
        )[0]

    def _alignment(self) -> dict[str, float]:
        if self._aligned is None:
            return {}
        settings = AlignerSettings(
            (METHOD,), (self._readout.token_layer,), max_length=self._max_length, precision=self._precision
        )
        evaluation = evaluate_alignment(Aligner(self._encoder, settings), self._aligned.pairs, self._aligned.gold)
        return {"eval/aer": evaluation.scores[0].score.aer}

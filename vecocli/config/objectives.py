"""Which objectives `veco pretrain` trains, and their switches: `<objective>_<switch>`."""

from typing import Any, Literal

from pydantic import Field, field_validator
from pydantic.config import JsonDict

from vecocli import registry
from vecocli.config.base import Config
from vecocli.registry import did_you_mean

OBJECTIVES: JsonDict = {"panel": "Objectives"}


class ObjectiveSettings(Config):
    """What is trained."""

    objectives: str = Field(
        "mlm,tlm,sequence,token", description="Objectives to train, separated by commas.", json_schema_extra=OBJECTIVES
    )
    weight: dict[str, float] = Field(
        {}, description="Weight of an objective in the sum; 1 where not given.",
        json_schema_extra={"metavar": "NAME=VALUE", **OBJECTIVES},
    )  # fmt: skip
    mlm_rate: float = Field(
        0.15, gt=0, lt=1, description="Share of sub-words MLM hides (BERT, VECO).", json_schema_extra=OBJECTIVES
    )
    tlm_rate: float = Field(
        0.25, gt=0, lt=1, description="Share of sub-words TLM hides (VECO).", json_schema_extra=OBJECTIVES
    )
    tlm_sides: Literal["both", "one"] = Field(
        "both", description="TLM hides sub-words on both sides, or on one that is drawn (awesome-align).",
        json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    aligned_mlm_rate: float = Field(
        0.15, gt=0, le=1, description="Share of the linked words that are hidden to predict their translations.",
        json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    code_switch: float = Field(
        0.0, ge=0, le=1, description="Share of the words with a known translation that MLM reads in the other language "
        "(mRASP: 0.3): linked words, or with --mono those that the mined folders' lexicons hold.",
        json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    sequence_layer: int = Field(
        -1, description="Layer of the sentence vectors; 0 is the embeddings, -1 the last.", json_schema_extra=OBJECTIVES
    )
    sequence_pooling: Literal["mean", "first"] = Field(
        "mean", description="Sentence vector: mean of the positions, or the first.", json_schema_extra=OBJECTIVES
    )
    sequence_states: Literal["clean", "masked"] = Field(
        "clean", description="Read sentence vectors off the sentences as they are, or as MLM hides parts of them: one "
        "pass less, without --mono (InfoXLM).", json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    sequence_temperature: float = Field(
        0.05, gt=0, description="Temperature of sequence alignment (mSimCSE, DAP).", json_schema_extra=OBJECTIVES
    )
    sequence_similarity: Literal["cosine", "dot"] = Field(
        "cosine", description="What sentence vectors are compared by (InfoXLM: dot, with temperature 0.25).",
        json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    sequence_margin: float = Field(
        0.0, ge=0, description="By how much a translation must beat the other sentences (LaBSE: 0.3).",
        json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    sequence_queue: int = Field(
        0, ge=0, description="Pairs of earlier steps that repel instead of the batch, in a queue of keys that a slowly "
        "following copy of the encoder gives (InfoXLM: 131,072); rounded up to whole steps.",
        json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    sequence_momentum: float = Field(
        0.999, ge=0, lt=1, description="How much of that copy stays at each step (InfoXLM: 0.9999 base, 0.999 large).",
        json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    token_units: Literal["word", "sub-word"] = Field(
        "word", description="What word vectors stand for: words and linked phrases, or sub-words (awesome-align).",
        json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    token_layer: int | None = Field(
        None, description="Layer of the word vectors; default two thirds up (8 of 12).", json_schema_extra=OBJECTIVES
    )
    token_pooling: Literal["mean", "first"] = Field(
        "mean", description="Word vector: mean of its sub-words, or the first.", json_schema_extra=OBJECTIVES
    )
    token_states: Literal["clean", "masked"] = Field(
        "clean", description="As --sequence-states, for word vectors.", json_schema_extra=OBJECTIVES
    )
    token_temperature: float = Field(
        0.1, gt=0, description="Temperature of token alignment.", json_schema_extra=OBJECTIVES
    )
    token_similarity: Literal["cosine", "dot"] = Field(
        "cosine", description="What word vectors are compared by.", json_schema_extra=OBJECTIVES
    )
    token_negatives: Literal["instance", "other-side", "batch"] = Field(
        "instance", description="What repels a word: all other unpaired words of the pair, those of the other side, or "
        "those of all pairs of the contrastive batch.", json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    token_repeats: Literal["spare", "repel"] = Field(
        "spare", description="Whether other occurrences of a word and of its translations spare it, or repel it as any "
        "word does (awesome-align).", json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    token_links: Literal["auto", "dictionary", "self", "both"] = Field(
        "auto", description="Synonym links: mined, the model's own mutual-argmax links, or the mined ones completed by "
        "its own; auto is `both` with --model and `dictionary` from scratch.", json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    token_self_floor: float = Field(
        0.0, ge=-1, le=1, description="Least cosine of a link the model proposes itself.", json_schema_extra=OBJECTIVES
    )
    ranking_temperature: float = Field(
        0.1, gt=0, description="Temperature of word translation ranking.", json_schema_extra=OBJECTIVES
    )
    self_training_links: Literal["self", "dictionary", "both"] = Field(
        "self", description="Links that self-training makes more probable: the model's own (awesome-align), the mined "
        "ones, or both.", json_schema_extra=OBJECTIVES,
    )  # fmt: skip
    self_training_threshold: float = Field(
        0.001, ge=0, lt=1, description="Where both probabilities are above this, the model has a link of its own "
        "(awesome-align).", json_schema_extra=OBJECTIVES,
    )  # fmt: skip

    @field_validator("objectives", mode="before")
    @classmethod
    def _known_objectives(cls, value: Any) -> str:
        """Accept a list too, and refuse unknown or repeated names."""
        names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
            raise ValueError("name objectives, separated by commas")
        known = registry.names("vecocli.objectives")
        for name in names:
            if name not in known:
                raise ValueError(f"there is no objective {name!r}; {did_you_mean(name, known)}")
        if len(set(names)) != len(names):
            raise ValueError("an objective is named twice")
        return ",".join(names)

    @property
    def objective_names(self) -> tuple[str, ...]:
        """The objectives as a tuple."""
        return tuple(self.objectives.split(","))

    @property
    def comparing(self) -> tuple[str, ...]:
        """What is trained whose negatives are in other pairs, by name."""
        within = {"sequence": not self.sequence_queue, "ranking": True}
        names = [f"the objective {name}" for name in within if name in self.objective_names and within[name]]
        across = "token" in self.objective_names and self.token_negatives == "batch"
        return (*names, *["--token-negatives batch"] * across)

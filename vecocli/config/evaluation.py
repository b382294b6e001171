"""Settings of the `veco evaluate` commands."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator
from pydantic.config import JsonDict

from vecocli.config.base import Config, split_commas

ENCODER: JsonDict = {"panel": "Encoder"}
DICTIONARY: JsonDict = {"panel": "Dictionary"}
OUTPUT: JsonDict = {"panel": "Output"}
ARGUMENT: JsonDict = {"argument": True}


def layer_field(default: str) -> Any:
    """Return the setting that says which layers are scored."""
    return Field(
        default,
        pattern=r"^(all|last|-?\d+(,-?\d+)*)$",
        description="Layers to score: all, last, or numbers such as 7 or 6,7,8; 0 is the embeddings.",
        json_schema_extra={"metavar": "all|last|N[,N]", **ENCODER},
    )


class OutputConfig(Config):
    """Where every measurement is written."""

    out: Path | None = Field(None, description="Also write the result to this JSON file.", json_schema_extra=OUTPUT)
    overwrite: bool = Field(False, description="Replace that file if it exists.", json_schema_extra=OUTPUT)


class EncoderConfig(Config):
    """The encoder that is measured."""

    model: str = Field(description="Hugging Face encoder: a folder or a Hub name.", json_schema_extra=ARGUMENT)
    layer: str = layer_field("last")
    max_length: int = Field(
        512, ge=8, description="Most sub-words a text may have; longer ones are cut and counted.",
        json_schema_extra=ENCODER,
    )  # fmt: skip
    precision: Literal["fp32", "bf16"] = Field(
        "fp32",
        description="Arithmetic of the encoder; bf16 moves scores in the third digit.",
        json_schema_extra=ENCODER,
    )
    trust_remote_code: bool = Field(False, description="Run Python the model brings.", json_schema_extra=ENCODER)


class EvaluateConfig(OutputConfig, EncoderConfig):  # the last one's settings are shown first
    """What every measurement of an encoder takes."""


class PoolingConfig(EvaluateConfig):
    """What measurements of sentence vectors take."""

    pooling: Literal["mean", "first"] = Field(
        "mean", description="Sentence vector: mean of all positions (XTREME), or the first.", json_schema_extra=ENCODER
    )


class AlignmentConfig(EvaluateConfig):
    """Word alignment against gold."""

    sentences: tuple[Path, ...] = Field(
        min_length=1, description="Sentences cut into words by blanks: a file of `source ||| target`, or two files.",
        json_schema_extra=ARGUMENT,
    )  # fmt: skip
    gold: Path = Field(description="Links: Pharaoh (i-j sure, ipj possible) or NAACL.", json_schema_extra=ARGUMENT)
    source: str = Field(description="Language of the source side, such as de.")
    target: str = Field(description="Language of the target side, such as en.")
    aligner: tuple[str, ...] = Field(
        ("all",), min_length=1,
        description="Ways to match, separated by commas: argmax, itermax, match, ot, softmax, or all of these.",
        json_schema_extra={"metavar": "NAME[,NAME]"},
    )  # fmt: skip
    unit: Literal["subword", "word"] = Field(
        "subword", description="What is matched: sub-words (words follow), or the means of the words' sub-words."
    )
    distortion: float = Field(0.0, ge=0, le=1, description="How much unlike relative positions count against a pair.")
    on_long: Literal["window", "cut", "skip"] = Field(
        "window", description="Sentences beyond --max-length: read in overlapping windows, cut, or skip the pair."
    )
    max_length: int = Field(
        512, ge=8, description="Most sub-words that the encoder reads at once.", json_schema_extra=ENCODER
    )
    base: Literal["auto", "0", "1"] = Field("auto", description="Index of a sentence's first word in the gold.")
    layer: str = layer_field("all")

    dictionary: tuple[Path, ...] = Field(
        (), description="Dictionaries: also scored by themselves, and with the aligners.", json_schema_extra=DICTIONARY
    )
    dictionary_format: str = Field("auto", description="Their format.", json_schema_extra=DICTIONARY)
    reverse_dictionary: bool = Field(
        False, description="The dictionaries list the target word first.", json_schema_extra=DICTIONARY
    )
    bonus: float = Field(
        0.6, ge=0, description="What a listed pair of words gains, in standard deviations of the similarities.",
        json_schema_extra=DICTIONARY,
    )  # fmt: skip
    calibration: Path | None = Field(
        None, description="Fit the scores of links to this gold and write the weights to this file, for mine-synonyms.",
        json_schema_extra=OUTPUT,
    )  # fmt: skip

    @field_validator("aligner", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return split_commas(value)


class LexiconConfig(OutputConfig):
    """A mined lexicon against a dictionary."""

    mined: tuple[Path, ...] = Field(
        min_length=1, description="Folders that `veco mine-synonyms` wrote, or lexicon.tsv files; one language pair.",
        json_schema_extra=ARGUMENT,
    )  # fmt: skip
    source: str | None = Field(None, description="Language of the source side, where no summary.json says it.")
    target: str | None = Field(None, description="Language of the target side, likewise.")
    min_count: int = Field(1, ge=1, description="Leave out word pairs that were linked less often.")
    min_score: float = Field(0.0, ge=0, le=1, description="Leave out word pairs whose mean score is less.")
    only_origin: str | None = Field(
        None, description="Only word pairs with an origin that begins so: aligner, dictionary:omw.",
    )  # fmt: skip

    dictionary: tuple[Path, ...] = Field(
        min_length=1, description="Dictionaries to measure against, none of which served for mining.",
        json_schema_extra=DICTIONARY,
    )  # fmt: skip
    dictionary_format: str = Field("auto", description="Their format.", json_schema_extra=DICTIONARY)
    reverse_dictionary: bool = Field(
        False, description="The dictionaries list the target word first.", json_schema_extra=DICTIONARY
    )


class RetrievalConfig(PoolingConfig):
    """Retrieval of translations in a parallel corpus."""

    corpus: tuple[Path, ...] = Field(
        min_length=1, description="Parallel text: two line-aligned files, or one of TSV, JSONL, Parquet or `a ||| b`.",
        json_schema_extra=ARGUMENT,
    )  # fmt: skip
    source: str = Field(description="Language of the first side, such as en.")
    target: str = Field(description="Language of the second side, such as de.")
    format: str = Field(
        "auto",
        description="Format of the corpus: auto, moses, fast-align, tsv, jsonl, parquet, tmx, po, mo or dataset.",
    )
    columns: tuple[str, ...] = Field(
        (), description="Columns of source and target, by index from 0 or by name, such as 1,2."
    )
    limit: int = Field(1000, ge=2, description="Pairs to take from the start; the more, the harder.")

    @field_validator("columns", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return split_commas(value)


class SynonymsConfig(EvaluateConfig):
    """Synonym accuracy on mined pairs."""

    mined: tuple[Path, ...] = Field(
        min_length=1,
        description="Folders that `veco mine-synonyms` wrote, or a folder of such folders.",
        json_schema_extra=ARGUMENT,
    )
    layer: str = layer_field("all")
    pooling: Literal["mean", "first"] = Field(
        "mean", description="Word vector: mean of its sub-words, or the first.", json_schema_extra=ENCODER
    )
    limit: int = Field(2000, ge=1, description="Sentence pairs to take from the start.")

"""Settings of `veco mine-synonyms`."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic.config import JsonDict

from vecocli.config.base import Config, flag_of, split_commas

CORPUS: JsonDict = {"panel": "Corpus"}
DICTIONARY: JsonDict = {"panel": "Dictionary"}
RESULT: JsonDict = {"panel": "Result"}
RULES: JsonDict = {"panel": "What is linked"}
ENCODER: JsonDict = {"panel": "Encoder"}
OF_A_MODEL = (
    *("aligner", "layer", "unit", "bonus", "distortion", "on_long", "max_length", "precision", "tokens_per_batch"),
    *("calibration", "trust_remote_code"),
)
OF_A_DICTIONARY = ("dictionary_format", "reverse_dictionary", "pivot", "bonus")
NOT_OF = {
    "off": ("unit", "bonus", "distortion", "on_long", "max_length", "precision", "tokens_per_batch", "calibration"),
    "simalign": ("on_long", "max_length", "precision", "tokens_per_batch", "calibration", "trust_remote_code"),
    "softmax": ("distortion",),
    "ot": ("distortion",),
}
"""What an aligner has no use for."""


class MineConfig(Config):
    """Synonym pairs from parallel text and dictionaries."""

    corpus: tuple[Path, ...] = Field(
        description="Parallel text: two line-aligned files, or files that hold both sides; - is stdin.",
        min_length=1, json_schema_extra={"argument": True},
    )  # fmt: skip
    source: str | None = Field(None, description="Language of the source side, such as en.", json_schema_extra=CORPUS)
    target: str | None = Field(None, description="Language of the target side.", json_schema_extra=CORPUS)
    languages: tuple[str, ...] = Field(
        (), description="Language pairs, in place of --source and --target: en-de,en-fr. File names may hold {source} "
        "and {target}.", json_schema_extra=CORPUS,
    )  # fmt: skip
    format: str = Field("auto", description="Format of the corpus; auto looks at it.", json_schema_extra=CORPUS)
    columns: tuple[str, ...] = Field(
        (), description="Source and target column, by number from 0 or by name: 1,2.",
        json_schema_extra={"metavar": "SOURCE,TARGET", **CORPUS},
    )  # fmt: skip
    limit: tuple[str, ...] = Field(
        (), description="Read only so many sentence pairs: 50000, or en-de=50000 for one language pair.",
        json_schema_extra={"metavar": "N", **CORPUS},
    )  # fmt: skip
    sample: tuple[str, ...] = Field(
        (), description="Read only a share of the pairs (0.1), or about so many, from all over the corpus.",
        json_schema_extra={"metavar": "X", **CORPUS},
    )  # fmt: skip
    seed: int = Field(0, ge=0, description="Of the sample.", json_schema_extra=CORPUS)
    segmenter: Literal["icu", "blanks"] = Field(
        "icu", description="How words are cut; blanks: the text is cut already, words stand between blanks.",
        json_schema_extra=CORPUS,
    )  # fmt: skip

    dictionary: tuple[Path, ...] = Field(
        (), description="Bilingual dictionaries; PATH:de-en says a file's languages.", json_schema_extra=DICTIONARY
    )
    dictionary_format: str = Field(
        "auto", description="Format of the dictionaries: tsv, tei, kaikki, ...; auto looks at each.",
        json_schema_extra=DICTIONARY,
    )  # fmt: skip
    reverse_dictionary: bool = Field(
        False, description="Dictionaries that do not state their languages list the target word first.",
        json_schema_extra=DICTIONARY,
    )  # fmt: skip
    pivot: str | None = Field(
        None, description="Language between: dictionaries de-en and en-fr serve de-fr, with en here.",
        json_schema_extra=DICTIONARY,
    )  # fmt: skip

    out: Path = Field(
        description="Folder of the result: Parquet shards, lexicon.tsv, summary.json; holds a folder for each of "
        "several language pairs.", json_schema_extra=RESULT,
    )  # fmt: skip
    pharaoh: Path | None = Field(
        None, description="Write word alignments too, a line a sentence pair: 0-0 1-2. May end in .gz, .xz, .zst.",
        json_schema_extra=RESULT,
    )  # fmt: skip
    pharaoh_scores: bool = Field(False, description="Write 0-0:0.8731 in --pharaoh.", json_schema_extra=RESULT)
    word_pairs: Path | None = Field(
        None, description="Write a TSV of all linked words too, with score, origin and sentence number.",
        json_schema_extra=RESULT,
    )  # fmt: skip
    min_coverage: float = Field(
        0.0, ge=0, le=1, description="Leave out pairs of which a smaller share of the source words is linked.",
        json_schema_extra=RESULT,
    )  # fmt: skip
    shard_rows: int = Field(
        10_000, ge=1, le=10**9, description="Sentence pairs in a Parquet shard.", json_schema_extra=RESULT
    )
    overwrite: bool = Field(False, description="Replace a result of other input or settings.", json_schema_extra=RESULT)
    workers: int | None = Field(
        None, ge=1, description="Processes; default: one a core, one for a pipe or with --model.",
        json_schema_extra=RESULT,
    )  # fmt: skip

    function_words: Literal["keep", "clear", "drop"] = Field(
        "clear", description="Very frequent words: link them like any other, only where a single place fits, or never.",
        json_schema_extra=RULES,
    )  # fmt: skip
    function_share: float = Field(
        0.005, gt=0, le=1, description="Share of running words from which a word counts as a function word.",
        json_schema_extra=RULES,
    )  # fmt: skip
    identical: Literal["off", "names", "all"] = Field(
        "names", description="Equal words no dictionary lists: never, names and numbers, or all.",
        json_schema_extra=RULES,
    )  # fmt: skip
    inflection: Literal["exact", "folded", "stem"] = Field(
        "folded", description="How a word meets its entry: in its spelling, with case folded, or by its stem as well.",
        json_schema_extra=RULES,
    )  # fmt: skip
    max_phrase: int = Field(5, ge=1, le=20, description="Longest phrase, in words.", json_schema_extra=RULES)
    max_words: int = Field(
        512, ge=1, description="Pairs with a longer side, in words, are kept without links.", json_schema_extra=RULES
    )
    min_score: float = Field(0.0, ge=0, le=1, description="Leave out links that score less.", json_schema_extra=RULES)

    model: str | None = Field(
        None, description="Encoder whose similarities link words, or choose where several places match.",
        json_schema_extra=ENCODER,
    )  # fmt: skip
    aligner: Literal["off", "argmax", "itermax", "match", "ot", "softmax", "simalign"] | None = Field(
        None, description="How similar words are linked; off: --model only chooses among places of the dictionary; "
        "simalign: the library itself, slow. Default with --model: argmax.", json_schema_extra=ENCODER,
    )  # fmt: skip
    layer: int | None = Field(
        None, description="Layer of --model to compare words at; default two thirds up (8 of 12).",
        json_schema_extra=ENCODER,
    )  # fmt: skip
    unit: Literal["subword", "word"] = Field(
        "subword", description="What is matched: sub-words (words follow), or the means of the words' sub-words.",
        json_schema_extra=ENCODER,
    )  # fmt: skip
    bonus: float = Field(
        0.6, ge=0, description="What a pair of words that a dictionary lists gains, in standard deviations of the "
        "similarities.", json_schema_extra=ENCODER,
    )  # fmt: skip
    distortion: float = Field(
        0.0, ge=0, le=1, description="How much unlike relative positions count against a pair of words.",
        json_schema_extra=ENCODER,
    )  # fmt: skip
    on_long: Literal["window", "cut", "skip"] = Field(
        "window", description="Sentences beyond --max-length: read in overlapping windows, cut, or skip the pair.",
        json_schema_extra=ENCODER,
    )  # fmt: skip
    max_length: int = Field(
        512, ge=8, description="Most sub-words that the encoder reads at once.", json_schema_extra=ENCODER
    )
    precision: Literal["auto", "bf16", "fp32"] = Field(
        "auto", description="Arithmetic of the encoder; auto: bf16 where the hardware has it.",
        json_schema_extra=ENCODER,
    )  # fmt: skip
    tokens_per_batch: int | None = Field(
        None, ge=1, description="Sub-words run at once; default: what suits the device.", json_schema_extra=ENCODER
    )
    calibration: Path | None = Field(
        None, description="Weights of scores that `veco evaluate alignment --calibration` fitted to --model.",
        json_schema_extra=ENCODER,
    )  # fmt: skip
    trust_remote_code: bool = Field(False, description="Run Python the model brings.", json_schema_extra=ENCODER)

    @field_validator("columns", "languages", "limit", "sample", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        items = value if isinstance(value, list | tuple) else [] if value is None else [value]
        return split_commas([str(item) if isinstance(item, float) else item for item in items])

    @model_validator(mode="after")
    def _further_files(self) -> Self:
        if self.pharaoh_scores and self.pharaoh is None:
            raise ValueError("--pharaoh-scores needs --pharaoh, the file to write")
        if Path("-") in (self.pharaoh, self.word_pairs):
            raise ValueError("--pharaoh and --word-pairs are files: they are not written to standard output")
        return self

    @model_validator(mode="after")
    def _links_from_somewhere(self) -> Self:
        if not self.dictionary and (self.model is None or self.aligner == "off"):
            raise ValueError("nothing says which words are synonyms: give --dictionary, or --model with an aligner")
        return self

    @model_validator(mode="after")
    def _settings_of_a_model(self) -> Self:
        if self.model is None and (flag := self._first_set(OF_A_MODEL)):
            raise ValueError(f"{flag} needs --model, the encoder")
        if not self.dictionary and (flag := self._first_set(OF_A_DICTIONARY)):
            raise ValueError(f"{flag} needs --dictionary")
        if flag := self._first_set(NOT_OF.get(self.aligner or "", ())):
            raise ValueError(f"{flag} does not go with --aligner {self.aligner}")
        if self.aligner == "simalign" and self.dictionary:
            raise ValueError("--aligner simalign does not use a dictionary; argmax gives the same links and does")
        return self

    @model_validator(mode="after")
    def _one_process_of_a_model(self) -> Self:
        if self.model is not None and (self.workers or 1) > 1:
            raise ValueError("--workers does not go with --model; for several devices start it by torchrun")
        return self

    def _first_set(self, names: tuple[str, ...]) -> str | None:
        """Return the flag of the first of some settings that is not as by default."""
        fields = type(self).model_fields
        return next((flag_of(type(self), name) for name in names if getattr(self, name) != fields[name].default), None)

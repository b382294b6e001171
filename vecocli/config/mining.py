"""Settings of `veco mine-synonyms`."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic.config import JsonDict

from vecocli.config.base import Config, split_commas

CORPUS: JsonDict = {"panel": "Corpus"}
DICTIONARY: JsonDict = {"panel": "Dictionary"}
RULES: JsonDict = {"panel": "What is linked"}


class MineConfig(Config):
    """Synonym pairs from parallel text and dictionaries."""

    corpus: tuple[Path, ...] = Field(
        description="Parallel text: two line-aligned files or one TSV, `src ||| tgt`, JSONL, Parquet file; - is stdin.",
        min_length=1, json_schema_extra={"argument": True},
    )  # fmt: skip
    source: str = Field(description="Language of the source side, such as en.", json_schema_extra=CORPUS)
    target: str = Field(description="Language of the target side.", json_schema_extra=CORPUS)
    format: str = Field("auto", description="Format of the corpus; auto looks at it.", json_schema_extra=CORPUS)
    columns: tuple[str, ...] = Field(
        (), description="Source and target column, by number from 0 or by name: 1,2.",
        json_schema_extra={"metavar": "SOURCE,TARGET", **CORPUS},
    )  # fmt: skip

    dictionary: tuple[Path, ...] = Field(
        description="Bilingual dictionaries: TSV or MUSE text, source word first.",
        min_length=1, json_schema_extra=DICTIONARY,
    )  # fmt: skip
    dictionary_format: str = Field(
        "auto", description="Format of the dictionaries: tsv, muse; auto looks at them.", json_schema_extra=DICTIONARY
    )
    reverse_dictionary: bool = Field(
        False, description="The dictionaries list the target word first.", json_schema_extra=DICTIONARY
    )

    out: Path = Field(description="Folder of the result: Parquet shards, lexicon.tsv, summary.json, run.yaml.")
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
    max_phrase: int = Field(5, ge=1, le=20, description="Longest phrase, in words.", json_schema_extra=RULES)
    max_words: int = Field(
        512, ge=1, description="Pairs with a longer side, in words, are kept without links.", json_schema_extra=RULES
    )
    model: str | None = Field(
        None, description="Encoder that chooses where several places match; default: relative position.",
        json_schema_extra=RULES,
    )  # fmt: skip
    layer: int | None = Field(
        None, description="Layer of --model to compare words at; default two thirds up (8 of 12).",
        json_schema_extra=RULES,
    )  # fmt: skip
    trust_remote_code: bool = Field(False, description="Run Python the model brings.", json_schema_extra=RULES)

    limit: int | None = Field(None, ge=1, description="Read only so many sentence pairs.")
    shard_rows: int = Field(20_000, ge=1, description="Sentence pairs in a Parquet shard.")
    overwrite: bool = Field(False, description="Replace a result of other input or settings in --out.")

    @field_validator("columns", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return split_commas(value)

    @model_validator(mode="after")
    def _layer_of_a_model(self) -> Self:
        if self.layer is not None and self.model is None:
            raise ValueError("--layer needs --model: without an encoder relative position chooses")
        return self

import shlex
from pathlib import Path
from typing import Any, Self

import pytest
from pydantic import Field, ValidationError, model_validator

from vecocli.config.base import Config, flag_of, read_yaml, split_commas
from vecocli.errors import UsageError


class Settings(Config):
    corpus: tuple[Path, ...] = Field((), json_schema_extra={"argument": True})
    batch_size: int = Field(4, ge=1)
    deep: bool = False
    keep: bool = True
    weight: dict[str, float] = Field({})
    name: str | None = None
    only: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.name == "bad":
            raise ValueError("no name may be bad")
        return self


class Required(Config):
    corpus: tuple[Path, ...] = Field(json_schema_extra={"argument": True})
    out: Path


def _file(folder: Path, text: str) -> Path:
    file = folder / "settings.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_flags_beat_the_file_beats_the_defaults(tmp_path: Path) -> None:
    file = _file(tmp_path, "batch-size: 8\ndeep: true\n")
    config = Settings.resolve({"deep": False, "batch_size": None}, file)
    assert (config.batch_size, config.deep, config.keep) == (8, False, True)


def test_a_list_of_one_may_be_written_as_such(tmp_path: Path) -> None:
    assert Settings.resolve({}, _file(tmp_path, "corpus: a,b.tsv\nonly: ja")).corpus == (Path("a,b.tsv"),)
    assert Settings.resolve({}, tmp_path / "settings.yaml").only == ("ja",)


@pytest.mark.parametrize("value", ["inf", "nan", "-inf"])
def test_numbers_are_finite(value: str) -> None:
    with pytest.raises(UsageError, match=r"--weight: .*finite number"):
        Settings.resolve({"weight": {"a": float(value)}})


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().batch_size = 3  # type: ignore[misc]


def test_an_unknown_key_gets_a_suggestion(tmp_path: Path) -> None:
    file = _file(tmp_path, "bacth_size: 8")
    with pytest.raises(UsageError) as caught:
        Settings.resolve({}, file)
    assert caught.value.message == f"{file}: unknown setting 'bacth_size'"
    assert caught.value.hint == "Did you mean batch_size?"


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        Required.resolve({})
    assert caught.value.message == "CORPUS is missing; --out is missing"
    with pytest.raises(UsageError) as caught:
        Settings.resolve({"batch_size": 0, "weight": {"a": "x"}})
    first, second = caught.value.message.split("; ")
    assert first == "--batch-size: input should be greater than or equal to 1 (got 0)"
    assert second.startswith("--weight: input should be a valid number")


def test_settings_that_do_not_go_together() -> None:
    with pytest.raises(UsageError, match=r"^no name may be bad$"):
        Settings.resolve({"name": "bad"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n- b\n", "must hold a mapping"),
        ("a: [1, 2\n", "is not valid YAML"),
        ("just words", "must hold a mapping"),
        ("a: 2020-99-99", "is not valid YAML: month must be in 1..12"),
        ("a: 0x_", "is not valid YAML: invalid literal"),
        ("a: !!timestamp x", "is not valid YAML"),
        ("a: &b [*b]", "is not valid YAML: maximum recursion"),
        ("[" * 100_000, "is not valid YAML"),
        (f"a: {'9' * 5000}", "is not valid YAML: Exceeds the limit"),
        ('a: [{b: "c\\0d"}]', r"'c\\x00d' cannot be written as UTF-8"),
        ('"\\ud800": 1', r"'\\ud800' cannot be written as UTF-8"),
    ],
)
def test_files_that_are_no_settings(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        read_yaml(_file(tmp_path, text))
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < len(str(tmp_path)) + 300


@pytest.mark.parametrize("value", ["c\udcff.tsv", Path("c\udcff.tsv"), (Path("a"), Path("c\udcff.tsv")), {"a\0": 1.0}])
def test_flags_that_no_result_could_name(value: Any) -> None:
    with pytest.raises(UsageError, match=r"CORPUS: .*cannot be written as UTF-8"):
        Settings.resolve({"corpus": value})
    assert Settings.resolve({"corpus": (Path("größe 𠮷"),)}).corpus == (Path("größe 𠮷"),)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the configuration"):
        read_yaml(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("name: größe".encode("latin-1"))
    with pytest.raises(UsageError, match="cannot read the configuration"):
        read_yaml(tmp_path / "latin.yaml")


def test_an_empty_file_is_no_settings(tmp_path: Path) -> None:
    assert read_yaml(_file(tmp_path, "# nothing\n")) == {}


def test_nothing_of_the_file_is_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not valid YAML"):
        read_yaml(_file(tmp_path, "name: !!python/object/apply:os.getcwd []"))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    config = Settings(corpus=(Path("a b"), Path("-")), weight={"x": 0.5}, name="größe: 1", deep=True)
    config.write(tmp_path / "run.yaml")
    assert Settings.resolve({}, tmp_path / "run.yaml") == config
    assert [file.name for file in tmp_path.iterdir()] == ["run.yaml"]


@pytest.mark.parametrize(
    ("field", "flag"), [("batch_size", "--batch-size"), ("corpus", "CORPUS"), ("not_a_field", "--not-a-field")]
)
def test_how_a_field_is_typed(field: str, flag: str) -> None:
    assert flag_of(Settings, field) == flag


def test_the_command_line_repeats_the_settings() -> None:
    assert Settings().command_line("mine") == "veco mine"
    config = Settings(
        corpus=(Path("a b"), Path("c")), deep=True, keep=False, weight={"x": 0.5}, name="n", only=("p", "q")
    )
    words = shlex.split(config.command_line("evaluate this"))
    assert words == [
        "veco", "evaluate", "this", "a b", "c", "--deep", "--no-keep", "--weight", "x=0.5", "--name", "n",
        "--only", "p", "--only", "q",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "items"),
    [("a,b", ("a", "b")), (["a, b", "c"], ("a", "b", "c")), ((1, 2), ("1", "2")), ("", ()), ([None], [None])],
)
def test_lists_with_commas(value: Any, items: Any) -> None:
    assert split_commas(value) == items

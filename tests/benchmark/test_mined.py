from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vecocli.benchmark.mined import ON_ITSELF, measure_of, mined_tests, run_mined
from vecocli.benchmark.result import Result
from vecocli.config.xtreme import XtremeConfig
from vecocli.encoder.encoder import Encoder
from vecocli.errors import DataError, MissingError
from vecocli.progress import Progress
from vecocli.xtreme.metrics.mined import pair_f1
from vecocli.xtreme.tasks.bucc2018 import TASK

WORDS = "cat house chat maison Katze Haus sees like sieht voit old green".split()  # noqa: SIM905


@contextmanager
def meter(name: str) -> Iterator[Progress]:
    yield lambda done, total: None


def put(folder: Path, split: str, count: int = 12, *, gold: bool = True) -> None:
    for language in ("zh", "en"):
        lines = (f"{language}-{at}\t{word} {split} {WORDS[at - 5]}\n" for at, word in enumerate(WORDS[:count]))
        (folder / f"zh-en.{split}.{language}").write_text("".join(lines), encoding="utf-8")
    if gold:
        text = "".join(f"zh-{at}\ten-{at}\n" for at in range(count - 3))
        (folder / f"zh-en.{split}.gold").write_text(text, encoding="utf-8")


def mined(
    folder: Path, encoder: Encoder, notes: list[str] | None = None, layers: tuple[int, ...] = (-1,), **settings: object
) -> list[Result]:
    config = XtremeConfig.resolve({"model": "m", "data": str(folder), "tasks": "bucc2018", **settings})
    tests, _ = mined_tests(TASK, config)
    return list(run_mined(TASK, tests, config, encoder, layers, meter, ([] if notes is None else notes).append))


def test_f1_is_that_of_the_pairs_and_its_parts_add_up() -> None:
    found, gold = {("a", "1"), ("a", "2"), ("b", "3")}, {("a", "1"), ("c", "4")}
    measures, expected = measure_of(found, gold, ["a", "b", "c", "d"]), pair_f1(gold, found)
    assert measures["f1"].value == pytest.approx(expected.f1)
    assert (measures["precision"].value, measures["recall"].value) == (expected.precision, expected.recall)
    assert measures["f1"].counts is not None
    assert measures["f1"].counts.tolist() == [[1, 2, 1], [0, 1, 0], [0, 0, 1], [0, 0, 0]]


def test_the_threshold_comes_from_dev_and_is_used_on_test(tmp_path: Path, tiny_encoder: Encoder) -> None:
    put(tmp_path, "dev")
    put(tmp_path, "test", 10)
    (one,) = mined(tmp_path, tiny_encoder, out=tmp_path / "out")
    assert (one.n, one.settings["split"], one.data["layout"]) == (7, "test", "threshold fitted on dev")
    assert set(one.scores["xtreme"]) == {"f1", "precision", "recall"}
    assert one.scores["xtreme"]["recall"] == 100  # each sentence is its own translation
    lines = (tmp_path / "out" / "predictions" / "seed-0" / "bucc2018" / "test-zh.tsv").read_text(encoding="utf-8")
    assert "zh-0\ten-0\n" in lines
    (again,) = mined(tmp_path, tiny_encoder, out=tmp_path / "out")
    assert again == one


def test_dev_alone_is_scored_on_itself_and_says_so(tmp_path: Path, tiny_encoder: Encoder) -> None:
    put(tmp_path, "dev")
    (one,) = mined(tmp_path, tiny_encoder)
    assert (one.settings["split"], one.data["layout"]) == ("dev", ON_ITSELF)


def test_a_test_without_gold_is_predicted_only(tmp_path: Path, tiny_encoder: Encoder) -> None:
    put(tmp_path, "dev")
    put(tmp_path, "test", gold=False)
    notes: list[str] = []
    assert mined(tmp_path, tiny_encoder, notes, out=tmp_path / "out") == []
    assert "the gold is withheld" in notes[0]
    assert (tmp_path / "out" / "predictions" / "seed-0" / "bucc2018" / "test-zh.tsv").exists()


def test_of_several_layers_the_one_that_is_best_on_dev_is_read(tmp_path: Path, tiny_encoder: Encoder) -> None:
    put(tmp_path, "dev")
    (whole,) = mined(tmp_path, tiny_encoder, layers=(0, 1, 2))
    single = {layer: mined(tmp_path, tiny_encoder, layers=(layer,))[0] for layer in range(3)}
    best = max(one.shown["xtreme"] for one in single.values())
    assert whole.shown["xtreme"] == best == single[whole.settings["layer"]].shown["xtreme"]


def test_without_dev_or_its_gold_there_is_no_threshold(tmp_path: Path, tiny_encoder: Encoder) -> None:
    with pytest.raises(MissingError, match="has no data of bucc2018"):
        mined(tmp_path, tiny_encoder)
    put(tmp_path, "dev", gold=False)
    with pytest.raises(DataError, match="the development set of bucc2018 for zh has no gold"):
        mined(tmp_path, tiny_encoder)

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from vecocli.benchmark import tuned
from vecocli.benchmark.result import place, read, read_counts
from vecocli.benchmark.run import Outcome, run
from vecocli.config.finetuning import FinetuneConfig
from vecocli.config.xtreme import XtremeConfig
from vecocli.errors import MissingError, UsageError
from vecocli.progress import Progress
from vecocli.training.finetune import finetune

NOUNS = ("cat", "house", "chat", "maison", "Katze", "Haus")
VERBS = ("sees", "like", "sieht", "voit")
SENTENCES = [(one, verb, other) for one in NOUNS for verb in VERBS for other in NOUNS]
SMALL = {"epochs": "0.5", "learning_rate": "1e-3", "train_limit": "40", "dev_limit": "10", "batch_size": "8"}


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def questions() -> str:
    paragraphs = [
        {
            "context": f"{a} {v} the old {b}.",
            "qas": [{"id": f"q{at}", "question": f"who {v}?", "answers": [{"text": a, "answer_start": 0}]}],
        }
        for at, (a, v, b) in enumerate(SENTENCES)
    ]
    return json.dumps({"data": [{"paragraphs": paragraphs}]})


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small tasks that can be learned, in XTREME's layout."""
    folder = tmp_path_factory.mktemp("xtreme")
    tagged = "".join(f"{a}\tNOUN\n{v}\tVERB\n{b}\tNOUN\n.\tPUNCT\n\n" for a, v, b in SENTENCES)
    pairs = "".join(f"{a} {v}\t{b} .\t{int(a == b)}\n" for a, v, b in SENTENCES)
    for name in ("train-en", "dev-en", "test-en", "test-de"):
        put(folder / "udpos" / f"{name}.tsv", tagged)
        put(folder / "pawsx" / f"{name}.tsv", pairs)
    put(folder / "udpos" / "test-fr.tsv", "".join(f"{a}\n{v}\n{b}\n\n" for a, v, b in SENTENCES))  # tags withheld
    put(folder / "squad" / "train-v1.1.json", questions())
    for language in ("en", "zh"):
        put(folder / "xquad" / f"xquad.{language}.json", questions())
        name = f"test-context-{language}-question-{language}.json"
        put(folder / "mlqa" / "MLQA_V1" / "test" / name, questions())
    for split in ("dev", "test"):
        for language in ("zh", "en"):
            lines = (f"{language}-{at}\t{' '.join(words)} {split}\n" for at, words in enumerate(SENTENCES[:30]))
            put(folder / "bucc2018" / f"zh-en.{split}.{language}", "".join(lines))
        put(folder / "bucc2018" / f"zh-en.{split}.gold", "".join(f"zh-{at}\ten-{at}\n" for at in range(20)))
    put(folder / "tatoeba" / "tatoeba.deu-eng.deu", "Haus\nKatze\ndas Haus\nVogel\n")
    put(folder / "tatoeba" / "tatoeba.deu-eng.eng", "house\ncat\nthe house\nbird\n")
    return folder


@contextmanager
def meter(name: str) -> Iterator[Progress]:
    yield lambda done, total: None


def evaluate(model: Path | None, data: Path, notes: list[str] | None = None, **settings: Any) -> Outcome:
    config = XtremeConfig.resolve({"model": model and str(model), "data": str(data), "finetune": SMALL, **settings})
    return run(config, meter, ([] if notes is None else notes).append)


def scored(outcome: Outcome) -> list[tuple[str, str, int]]:
    return [(one.task, one.language, one.seed) for one in outcome.results]


def test_all_tasks_that_have_data_are_run_and_the_rest_is_named(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    outcome = evaluate(tiny_model, data, out=tmp_path / "out", limit=12)
    assert scored(outcome) == [
        *(("pawsx", language, 0) for language in ("de", "en")),
        *(("udpos", language, 0) for language in ("de", "en")),
        *(("xquad", language, 0) for language in ("en", "zh")),
        *(("mlqa", language, 0) for language in ("en", "zh")),
        ("bucc2018", "zh", 0),
        ("tatoeba", "de", 0),
    ]
    assert set(outcome.missing["xnli"]) >= {"en", "de", "zh"}
    assert "xnli.test.tsv" in outcome.missing["xnli"]["de"]
    assert "withheld" in outcome.missing["udpos"]["fr"]
    assert {one.n for one in outcome.results} == {12, 20, 4}
    models = {path.name for path in (tmp_path / "out" / "models").iterdir()}
    assert models == {"pawsx-0", "squad-0", "udpos-0"}  # one for both tasks of SQuAD
    handed_in = tmp_path / "out" / "predictions" / "seed-0"
    names = {str(path.relative_to(handed_in)) for path in handed_in.rglob("test-*")}
    assert {
        "udpos/test-fr.tsv",
        "mlqa/test-zh.json",
        "tatoeba/test-de.tsv",
        "bucc2018/test-zh.tsv",
        "pawsx/test-en.tsv",
    } <= names


def test_a_result_is_on_disk_as_it_was_returned(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    outcome = evaluate(tiny_model, data, out=tmp_path / "out", tasks="udpos,xquad")
    for one in outcome.results:
        path = place(tmp_path / "out", one.task, one.language, one.seed)
        assert read(path) == one
        for protocol in ("xtreme", "sane"):
            for name, measure in read_counts(path, protocol).items():
                assert measure.value == one.scores[protocol][name]
            low, high = one.intervals[protocol]
            assert low <= one.shown[protocol] <= high


def test_what_is_done_is_not_done_again(
    tmp_path: Path, tiny_model: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = evaluate(tiny_model, data, out=tmp_path / "out", tasks="udpos")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    monkeypatch.setattr(tuned, "predict", lambda *given: pytest.fail("it predicts again"))
    withheld = tmp_path / "out" / "predictions" / "seed-0" / "udpos" / "test-fr.tsv"
    assert withheld.exists()
    again = evaluate(tiny_model, data, out=tmp_path / "out", tasks="udpos")
    assert again.results == first.results
    changed = {path for path, time in before.items() if path.exists() and path.stat().st_mtime_ns != time}
    assert not {path for path in changed if path.is_file() and path.name != ".lock"}


def test_one_result_that_is_gone_is_made_anew(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    first = evaluate(tiny_model, data, out=tmp_path / "out", tasks="pawsx")
    place(tmp_path / "out", "pawsx", "de", 0).unlink()
    again = evaluate(tiny_model, data, out=tmp_path / "out", tasks="pawsx")
    assert [one.scores for one in again.results] == [one.scores for one in first.results]
    assert [one.key for one in again.results] == [one.key for one in first.results]


def test_results_of_something_else_are_not_replaced_unasked(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    evaluate(tiny_model, data, out=tmp_path / "out", tasks="udpos", languages="de")
    with pytest.raises(UsageError, match=r"de-0\.json is a result of another model, other data or other settings"):
        evaluate(tiny_model, data, out=tmp_path / "out", tasks="udpos", languages="de", limit=5)
    outcome = evaluate(tiny_model, data, out=tmp_path / "out", tasks="udpos", languages="de", limit=5, overwrite=True)
    assert outcome.results[0].n == 5


def test_given_models_are_taken_and_one_for_each_seed(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    config = FinetuneConfig.resolve(
        {"task": "udpos", "model": str(tiny_model), "data": str(data), "out": tmp_path / "ft", "seeds": "1,2", **SMALL}
    )
    for seed in config.seeds:
        finetune(config.of_seed(seed))
    outcome = evaluate(tiny_model, data, tasks="udpos", finetuned={"udpos": tmp_path / "ft"}, seeds="1,2")
    assert scored(outcome) == [("udpos", language, seed) for seed in (1, 2) for language in ("de", "en")]
    first, second = (one.shown for one in outcome.results if one.language == "de")
    assert first != second
    one = evaluate(tiny_model, data, tasks="udpos", finetuned={"udpos": tmp_path / "ft" / "seed-1"})
    assert one.results[0].shown == first
    with pytest.raises(UsageError, match="is one model, and there are several seeds"):
        evaluate(tiny_model, data, tasks="udpos", finetuned={"udpos": tmp_path / "ft" / "seed-1"}, seeds="1,2")


def test_the_settings_of_fine_tuning_go_with_it(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    evaluate(tiny_model, data, out=tmp_path / "out", tasks="pawsx", seeds="3", finetune={**SMALL, "max_length": "20"})
    facts = json.loads((tmp_path / "out" / "models" / "pawsx-3" / "summary.json").read_text(encoding="utf-8"))
    assert facts["steps"] == 2
    assert read(place(tmp_path / "out", "pawsx", "de", 3)).settings["max_length"] == 20


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"tasks": "udpos"}, UsageError, "udpos needs a fine-tuned model"),
        ({"tasks": "udpos", "finetuned": {"udpos": "nowhere"}}, MissingError, "nowhere holds no model"),
        ({"tasks": "xnli"}, MissingError, "has no test data of xnli"),
        ({"tasks": "udpos", "languages": "it"}, MissingError, "has no test data of udpos for it"),
        ({"tasks": "udpos", "languages": "xx"}, UsageError, "'xx' is not a language code"),
        ({"tasks": "pawsx", "languages": "sw"}, UsageError, "pawsx has no language 'sw'"),
        ({"tasks": "udpas"}, UsageError, "no task is called 'udpas'"),
        ({"tasks": "tatoeba", "model": None}, UsageError, "give either MODEL or --predictions"),
    ],
)
def test_what_cannot_be_run_is_named(
    tiny_model: Path, data: Path, settings: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        evaluate(**({"model": tiny_model, "data": data} | settings))


def test_a_submission_is_scored_as_the_run_that_wrote_it(tmp_path: Path, tiny_model: Path, data: Path) -> None:
    handed_in = tmp_path / "handed-in"
    whole = evaluate(tiny_model, data, out=tmp_path / "out", submission=handed_in)
    again = evaluate(None, data, predictions=handed_in, out=tmp_path / "again")
    assert scored(again) == scored(whole)
    for one, other in zip(whole.results, again.results, strict=True):
        assert one.scores["xtreme"] == other.scores["xtreme"], one.task
        if one.task not in ("tatoeba", "bucc2018"):  # which have another way to choose in `sane`
            assert one.scores["sane"] == other.scores["sane"]
        assert one.data["digest"] == other.data["digest"]
    assert again.missing["udpos"]["fr"] == whole.missing["udpos"]["fr"]
    (handed_in / "udpos" / "test-de.tsv").unlink()
    fewer = evaluate(None, data, predictions=handed_in, tasks="udpos")
    assert scored(fewer) == [("udpos", "en", 0)]
    assert "no file for it" in fewer.missing["udpos"]["de"]
    with pytest.raises(UsageError, match="handed-in exists"):
        evaluate(tiny_model, data, out=tmp_path / "out", submission=handed_in)
    with pytest.raises(MissingError, match="has no predictions that can be scored"):
        evaluate(None, data, predictions=tmp_path / "out")

import pytest

from vecocli.errors import MissingError, UsageError
from vecocli.xtreme.data import AlignedTexts
from vecocli.xtreme.evaluate import collect, evaluate_task
from vecocli.xtreme.retrieve import evaluate_retrieval
from vecocli.xtreme.tasks.tatoeba import TASK


@pytest.fixture
def folder(tmp_path):
    for iso3, lines in (("deu", "Haus\nKatze\n"), ("fra", "maison\nchat\n")):
        (tmp_path / f"tatoeba.{iso3}-eng.{iso3}").write_text(lines, encoding="utf-8")
        (tmp_path / f"tatoeba.{iso3}-eng.eng").write_text("house\ncat\n", encoding="utf-8")
    return tmp_path


def test_takes_every_language_that_is_there_and_names_the_others(folder):
    data, missing = collect(TASK, folder)
    assert list(data) == ["de", "fr"]
    assert len(missing) == 34
    assert "tatoeba.swh-eng.swh" in missing["sw"]


def test_takes_any_code_of_a_language_once(folder):
    data, missing = collect(TASK, folder, ["fra", "fr", "de-DE"])
    assert (list(data), missing) == (["fr", "de"], {})


def test_an_asked_language_must_be_there(folder):
    with pytest.raises(MissingError, match="for sw"):
        collect(TASK, folder, ["de", "sw"])


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(MissingError, match="has no data of tatoeba"):
        collect(TASK, tmp_path)


def test_a_language_of_another_task_is_refused(folder):
    with pytest.raises(UsageError, match="tatoeba has no language 'yo'"):
        collect(TASK, folder, ["yo"])


def test_scores_languages_and_averages_them(tiny_encoder):
    data = {
        "de": AlignedTexts(("house", "cat", "green"), ("Haus", "Katze", "house"), "laser"),
        "fr": AlignedTexts(("house", "cat"), ("house", "cat"), "laser"),
    }
    seen = []
    result = evaluate_task(
        tiny_encoder,
        data,
        {"sw": "why"},
        layers=[0, 2],
        max_length=4,
        progress=lambda done, total: seen.append((done, total)),
    )
    for code, texts in data.items():
        assert result.languages[code].layers == evaluate_retrieval(
            tiny_encoder, texts.english, texts.foreign, layers=[0, 2], max_length=4
        )
    german, french = (result.languages[code].layers[1] for code in data)
    assert (french.forward, french.backward) == (100, 100)
    assert german.forward < 100
    assert result.average[1].forward == pytest.approx((german.forward + french.forward) / 2)
    assert [score.layer for score in result.average] == [0, 2]
    assert result.languages["de"].n == 3
    assert result.languages["de"].truncated == 4  # only cat and Haus have two sub-words at most
    assert result.missing == {"sw": "why"}
    assert seen[-1] == (10, 10)

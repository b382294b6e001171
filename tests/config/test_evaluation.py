import pytest

from vecocli.config.evaluation import AlignmentConfig, RetrievalConfig
from vecocli.config.xtreme import XtremeConfig
from vecocli.errors import UsageError

ALIGNMENT = {"model": "m", "sentences": ["s"], "gold": "g", "source": "de", "target": "en"}


def test_alignment_sweeps_and_sentence_vectors_take_the_last_layer():
    assert AlignmentConfig.resolve(ALIGNMENT).layer == "all"
    assert XtremeConfig.resolve({"model": "m", "tasks": ["tatoeba"], "data": "d"}).layer == "last"


@pytest.mark.parametrize("layer", ["all", "last", "7", "-1", "0,4,8"])
def test_takes_layers(layer):
    assert AlignmentConfig.resolve(ALIGNMENT | {"layer": layer}).layer == layer


@pytest.mark.parametrize("layer", ["", "best", "1-3", "4,", "1.5"])
def test_refuses_what_is_no_layer(layer):
    with pytest.raises(UsageError, match="--layer"):
        AlignmentConfig.resolve(ALIGNMENT | {"layer": layer})


@pytest.mark.parametrize("typed", [["de,fr"], ["de", "fr"], ["de, fr,"], "de,fr"])
def test_lists_may_be_typed_with_commas(typed):
    config = XtremeConfig.resolve({"model": "m", "tasks": "tatoeba", "data": "d", "languages": typed})
    assert config.languages == ("de", "fr")
    assert config.tasks == ("tatoeba",)


def test_columns_may_be_numbers_in_a_file(tmp_path):
    file = tmp_path / "run.yaml"
    file.write_text("model: m\ncorpus: [c]\nsource: en\ntarget: de\ncolumns: [1, 2]\n", encoding="utf-8")
    assert RetrievalConfig.resolve({}, file).columns == ("1", "2")


def test_a_list_of_something_else_is_refused():
    with pytest.raises(UsageError, match="--languages"):
        XtremeConfig.resolve({"model": "m", "tasks": "tatoeba", "data": "d", "languages": [["de"]]})


def test_no_task_is_refused():
    with pytest.raises(UsageError, match="--tasks"):
        XtremeConfig.resolve({"model": "m", "tasks": [","], "data": "d"})

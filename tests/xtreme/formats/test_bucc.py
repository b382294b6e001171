import pytest

from vecocli.errors import DataError, MissingError
from vecocli.xtreme.formats.bucc import read_mixed

ZH, EN = "zh-1\t你好。\nzh-2\ta\tb\n", "en-1\tHello. \r\nen-2\t\r\n"


def put(folder, stem, gold="zh-1\ten-1\n", zh=ZH, en=EN):
    folder.mkdir(parents=True, exist_ok=True)
    for ending, text in (("zh", zh), ("en", en), ("gold", gold)):
        if text is not None:
            (folder / f"{stem}.{ending}").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("folder", "stem", "split"),
    [
        ("bucc2018", "zh-en.dev", "dev"),
        ("", "zh-en.test", "test"),
        ("bucc2018/zh-en", "zh-en.sample", "dev"),
        ("zh-en", "zh-en.training", "test"),
        ("", "zh-en.training", "test"),
    ],
)
def test_reads_the_files_of_xtreme_and_of_the_makers(tmp_path, folder, stem, split):
    put(tmp_path / folder, stem)
    texts, files = read_mixed(tmp_path, "zh", split)
    assert texts.foreign == {"zh-1": "你好。", "zh-2": "a\tb"}
    assert texts.english == {"en-1": "Hello.", "en-2": ""}
    assert texts.gold == {("zh-1", "en-1")}
    assert files == tuple(f"{folder}/{stem}.{ending}".lstrip("/") for ending in ("zh", "en", "gold"))


def test_gold_may_be_withheld(tmp_path):
    put(tmp_path, "zh-en.test", gold=None)
    texts, files = read_mixed(tmp_path, "zh", "test")
    assert (texts.gold, files) == (None, ("zh-en.test.zh", "zh-en.test.en"))


def test_a_file_alone_is_not_enough(tmp_path):
    put(tmp_path, "zh-en.dev", en=None)
    with pytest.raises(MissingError, match=r"zh-en\.dev\.zh lies there without zh-en\.dev\.en"):
        read_mixed(tmp_path, "zh", "dev")


def test_missing_files_are_named(tmp_path):
    with pytest.raises(MissingError) as caught:
        read_mixed(tmp_path, "zh", "dev")
    assert "zh-en.dev.zh, zh-en/zh-en.sample.zh, zh-en.sample.zh" in caught.value.hint


def test_there_is_no_training_data(tmp_path):
    put(tmp_path, "zh-en.train")
    with pytest.raises(MissingError, match="bucc2018 has no train data for zh"):
        read_mixed(tmp_path, "zh", "train")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"zh": "zh-1 你好。\n"}, r"dev\.zh:1: 'zh-1 你好。' has no TAB"),
        ({"en": "en-1\tx\nen-1\ty\n"}, r"dev\.en:2: the id 'en-1' occurs twice"),
        ({"gold": "zh-1\ten-1\nzh-3\ten-1\n"}, r"dev\.gold:2: there is no sentence 'zh-3'"),
        ({"gold": "zh-1\ten-9\n"}, r"dev\.gold:1: there is no sentence 'en-9'"),
        ({"gold": "en-1\tzh-1\n"}, r"dev\.gold:1: there is no sentence 'en-1'"),
        ({"gold": "zh-1 en-1\n"}, r"dev\.gold:1: 1 instead of 2 ids"),
        ({"gold": ""}, r"dev\.gold: it is empty"),
    ],
)
def test_says_what_is_wrong_and_where(tmp_path, files, message):
    put(tmp_path, "zh-en.dev", **files)
    with pytest.raises(DataError, match=message):
        read_mixed(tmp_path, "zh", "dev")

from pathlib import Path

import pytest

from vecocli.errors import DataError, MissingError, UsageError
from vecocli.xtreme.formats.layouts import Layout, described, find, languages_at_hand, present, within

XTREME = Layout(name="xtreme", files=("{split}-{language}.tsv",))
MAKERS = Layout(
    name="makers",
    files=("data/{name}/{split}.txt", "{name}.{split}.txt"),
    splits={"dev": "dev_2k", "test": "test_2k"},
)
SOURCE = "Get them from the makers."


def put(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x\n", encoding="utf-8")
    return path


def search(folder, language="de", split="dev", layouts=(XTREME, MAKERS)):
    layout, paths = find(folder, language, split, task="task", layouts=layouts, source=SOURCE)
    return layout.name, within(folder, paths)


def test_looks_in_the_tasks_sub_folder_before_the_folder_itself(tmp_path):
    put(tmp_path / "dev-de.tsv")
    assert search(tmp_path) == ("xtreme", ("dev-de.tsv",))
    put(tmp_path / "task" / "dev-de.tsv")
    assert search(tmp_path) == ("xtreme", ("task/dev-de.tsv",))


def test_the_first_layout_wins_and_each_calls_the_split_its_own_way(tmp_path):
    put(tmp_path / "german.dev_2k.txt")
    assert search(tmp_path) == ("makers", ("german.dev_2k.txt",))
    put(tmp_path / "task" / "data" / "german" / "dev_2k.txt")
    assert search(tmp_path) == ("makers", ("task/data/german/dev_2k.txt",))
    put(tmp_path / "dev-de.tsv")
    assert search(tmp_path) == ("xtreme", ("dev-de.tsv",))


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zst"])
def test_files_may_be_compressed(tmp_path, ending):
    put(tmp_path / f"dev-de.tsv{ending}")
    assert search(tmp_path) == ("xtreme", (f"dev-de.tsv{ending}",))


def test_a_star_finds_all_files_sorted_by_their_own_names(tmp_path):
    trees = Layout(name="trees", files=("UD_*/{language}_*-{split}.conllu",))
    for name in ("UD_B/de_a-dev.conllu", "UD_A/de_b-dev.conllu", "UD_A/de_b-test.conllu", "UD_C/fr_a-dev.conllu"):
        put(tmp_path / name)
    (tmp_path / "UD_A" / "de_folder-dev.conllu").mkdir()
    assert search(tmp_path, layouts=(trees,)) == ("trees", ("UD_B/de_a-dev.conllu", "UD_A/de_b-dev.conllu"))


def test_two_versions_of_a_file_are_refused(tmp_path):
    trees = Layout(name="trees", files=("v*/{language}.conllu",))
    put(tmp_path / "v1" / "de.conllu")
    put(tmp_path / "v2" / "de.conllu")
    with pytest.raises(DataError, match=r"v1/de\.conllu: it lies in .*v2 too"):
        search(tmp_path, layouts=(trees,))


def test_says_which_names_were_looked_for_and_where_to_get_them(tmp_path):
    put(tmp_path / "test-de.tsv")
    (tmp_path / "dev-de.tsv").mkdir()
    with pytest.raises(MissingError) as caught:
        search(tmp_path)
    assert caught.value.message == f"{tmp_path} has no dev data of task for de"
    assert "dev-de.tsv, data/german/dev_2k.txt, german.dev_2k.txt. Get them from the makers." in caught.value.hint


def test_a_split_or_language_that_no_layout_has_is_said(tmp_path):
    with pytest.raises(MissingError, match="task has no train data for de"):
        search(tmp_path, split="train", layouts=(MAKERS,))
    english = Layout(name="english", files=("train.tsv",), languages=("en",))
    put(tmp_path / "train.tsv")
    assert search(tmp_path, "en", "train", (english,)) == ("english", ("train.tsv",))
    with pytest.raises(MissingError, match="task has no train data for de"):
        search(tmp_path, split="train", layouts=(english,))


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(MissingError, match="nowhere is not a folder"):
        search(tmp_path / "nowhere")
    with pytest.raises(MissingError, match="file is not a folder"):
        search(put(tmp_path / "file"), layouts=(Layout(name="star", files=("*.tsv",)),))


@pytest.mark.parametrize("name", ["dev.tsv", "*.tsv"])
def test_a_folder_that_cannot_be_searched_is_said(tmp_path, name):
    with pytest.raises(DataError, match="cannot be searched for"):
        search(tmp_path / ("x" * 300), layouts=(Layout(name="long", files=(name,)),))


def test_what_is_no_language_is_refused(tmp_path):
    with pytest.raises(UsageError, match="not a language code"):
        search(tmp_path, language="german")


def test_lists_the_languages_at_hand(tmp_path):
    put(tmp_path / "dev-de.tsv")
    put(tmp_path / "task" / "dev-zh.tsv.gz")
    put(tmp_path / "french.dev_2k.txt")
    languages = languages_at_hand(tmp_path, ("zh", "en", "de", "fr"), "dev", task="task", layouts=(XTREME, MAKERS))
    assert languages == ("zh", "de", "fr")


def test_present_finds_one_file(tmp_path):
    assert present(tmp_path / "a") is None
    packed = put(tmp_path / "a.xz")
    assert present(tmp_path / "a") == packed
    assert present(put(tmp_path / "a")) == tmp_path / "a"


def test_names_files_outside_the_folder_in_full(tmp_path):
    assert within(tmp_path, (tmp_path / "a" / "b", Path("/elsewhere/c"))) == ("a/b", "/elsewhere/c")


def test_describes_what_was_odd():
    assert described(XTREME, {"rows": 0}) == "xtreme"
    assert described(XTREME, {"rows": 1200, "words": 0, "lines": 2}) == "xtreme, 1,200 rows, 2 lines"

import gzip
import io
import tarfile

import pytest

from vecocli.errors import DataError, MissingError
from vecocli.xtreme.data import TaggedSentence
from vecocli.xtreme.formats.tagged import TagLayout, read_tagged

XTREME = TagLayout(name="xtreme", files=("{split}-{language}.tsv",))
TREEBANKS = TagLayout(
    name="treebanks",
    files=("ud-treebanks-v2.5/UD_*/{language}_*-ud-{split}.conllu", "UD_*/{language}_*-ud-{split}.conllu"),
    format="conllu",
)
WIKIANN = TagLayout(
    name="wikiann",
    files=("panx_dataset/{language}/{split}", "panx_dataset/{language}-{split}", "panx_dataset/{language}.tar.gz"),
    format="wikiann",
)
TWO = (TaggedSentence(("New", "York"), ("B-LOC", "I-LOC")), TaggedSentence((":",), ("O",)))


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


def read(folder, language="de", split="dev", tags=()):
    layouts = (XTREME, TREEBANKS, WIKIANN)
    return read_tagged(folder, language, split, task="panx", tags=tags, layouts=layouts, source="Ask the makers.")


@pytest.mark.parametrize("name", ["dev-de.tsv", "panx/dev-de.tsv", "panx/dev-de.tsv.gz"])
def test_reads_xtremes_files(tmp_path, name):
    put(tmp_path / name, "New\tB-LOC\r\nYork\tI-LOC\r\n \t \r\n\r\n:\tO\r\n\r\n")
    found = read(tmp_path)
    assert (found.examples, found.files, found.layout) == (TWO, (name,), "xtreme")


def test_the_last_sentence_needs_no_blank_line(tmp_path):
    put(tmp_path / "dev-de.tsv", "\n\nNew\tB-LOC\nYork\tI-LOC\n\n:\tO")
    assert read(tmp_path).examples == TWO


@pytest.mark.parametrize("end", ["", "\t", "\t \r"])
def test_test_files_may_withhold_the_tags(tmp_path, end):
    put(tmp_path / "test-de.tsv", f"New{end}\nYork{end}\n\n:{end}\n")
    expected = (TaggedSentence(("New", "York"), None), TaggedSentence((":",), None))
    assert read(tmp_path, split="test").examples == expected


@pytest.mark.parametrize("end", ["", "\tO"])
def test_a_word_may_be_a_space_of_another_kind(tmp_path, end):
    put(tmp_path / "test-de.tsv", f"a{end}\n\u3000{end}\n\u00a0b{end}\n")
    assert read(tmp_path, split="test").examples[0].words == ("a", "\u3000", "b")


def test_a_word_may_be_empty_where_it_has_a_tag(tmp_path):
    put(tmp_path / "dev-de.tsv", "a\tO\n\tB-PER\n")
    assert read(tmp_path).examples == (TaggedSentence(("a", ""), ("O", "B-PER")),)


def test_joins_all_treebanks_of_a_language_in_the_order_of_their_files(tmp_path):
    word = "1\t{}\t_\tX\t_\t_\t0\t_\t_\t_\n\n"
    put(tmp_path / "ud-treebanks-v2.5" / "UD_B" / "de_a-ud-test.conllu", word.format("first"))
    put(tmp_path / "ud-treebanks-v2.5" / "UD_A" / "de_b-ud-test.conllu", word.format("second") + word.format("_"))
    put(tmp_path / "ud-treebanks-v2.5" / "UD_A" / "fr_a-ud-test.conllu", word.format("other"))
    found = read(tmp_path, split="test", tags=("X",))
    assert [sentence.words for sentence in found.examples] == [("first",), ("second",)]
    assert found.layout == "treebanks, 1 sentences without words left out"
    assert [file.rpartition("/")[2] for file in found.files] == ["de_a-ud-test.conllu", "de_b-ud-test.conllu"]
    with pytest.raises(MissingError) as caught:
        read(tmp_path, split="train")
    assert "ud-treebanks-v2.5/UD_*/de_*-ud-train.conllu" in caught.value.hint


@pytest.mark.parametrize("name", ["de/dev", "de-dev", "de-dev.gz"])
def test_reads_wikianns_files(tmp_path, name):
    put(tmp_path / "panx_dataset" / name, "de:New\tx y\tB-LOC\nde:York\tI-LOC\n\nde::\tO\n")
    found = read(tmp_path)
    assert (found.examples, found.files, found.layout) == (TWO, (f"panx_dataset/{name}",), "wikiann")


def test_reads_wikianns_archives(tmp_path):
    (tmp_path / "panx_dataset").mkdir()
    with tarfile.open(tmp_path / "panx_dataset" / "de.tar.gz", "w:gz") as archive:
        for name, text in {
            "train": b"de:a\tO\n",
            "dev": b"de:New\tB-LOC\nde:York\tI-LOC\n\nde::\tO\n",
            "test": b"x",
        }.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
    found = read(tmp_path)
    assert (found.examples, found.files) == (TWO, ("panx_dataset/de.tar.gz",))
    with pytest.raises(DataError, match=r"de\.tar\.gz/test:1: 'x' has no language in front"):
        read(tmp_path, split="test")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("test-de.tsv", "a\tO\n\nb\n", r"test-de\.tsv:3: 'b' has no tag"),
        ("test-de.tsv", "a\nb\tO\n", r"test-de\.tsv:1: 'a' has no tag"),
        ("dev-de.tsv", "a\n", r"dev-de\.tsv:1: 'a' has no tag"),
        ("dev-de.tsv", "a\tO\nb\tc\tO\n", r"dev-de\.tsv:2: 3 instead of 2 fields"),
        ("dev-de.tsv", "a\tO\nb\tB-ORG\n", r"dev-de\.tsv:2: 'B-ORG' is not a tag of the task"),
        ("dev-de.tsv", "\n \n", r"dev-de\.tsv: it has no sentence with words"),
        ("dev-de.tsv", "", r"dev-de\.tsv: it is empty"),
        ("panx_dataset/de/dev", "de:a\tO\nb\tO\n", r"dev:2: 'b' has no language in front"),
        ("UD_A/de_a-ud-dev.conllu", "# text\n", r"conllu: it has no sentence with words"),
    ],
)
def test_says_what_is_wrong_and_where(tmp_path, name, text, message):
    put(tmp_path / name, text)
    with pytest.raises(DataError, match=message):
        read(tmp_path, split="test" if name.startswith("test") else "dev", tags=("O", "B-LOC", "I-LOC"))

import csv
import gzip
import json

import pytest

from vecocli.errors import DataError, MissingError
from vecocli.xtreme.data import TextPair
from vecocli.xtreme.formats.pairs import Columns, PairLayout, read_pairs

NLI = ("contradiction", "entailment", "neutral")
XTREME = PairLayout(name="xtreme", files=("{split}-{language}.tsv",))
XNLI = PairLayout(
    name="xnli",
    files=("XNLI-1.0/xnli.{split}.tsv", "XNLI-1.0/xnli.{split}.jsonl"),
    splits={"dev": "dev", "test": "test"},
    columns=Columns(label="gold_label", language="language"),
)
XNLI_MT = PairLayout(
    name="xnli-mt",
    files=("XNLI-MT-1.0/multinli/multinli.train.{language}.tsv",),
    splits={"train": "train"},
    columns=Columns("premise", "hypo", "label"),
)
MULTINLI = PairLayout(
    name="multinli",
    files=("multinli_1.0_train.txt", "multinli_1.0_train.jsonl"),
    splits={"train": "train"},
    languages=("en",),
    columns=Columns(label="gold_label"),
)
PAWSX = PairLayout(
    name="paws-x",
    files=("x-final/{language}/{split}.tsv",),
    splits={"train": "train", "dev": "dev_2k", "test": "test_2k"},
    columns=Columns(),
)


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


def read(folder, language="de", split="dev", labels=NLI, task="xnli"):
    layouts = (XTREME, XNLI, XNLI_MT, MULTINLI, PAWSX)
    renamed = {"contradictory": "contradiction"}
    return read_pairs(
        folder, language, split, task=task, labels=labels, layouts=layouts, renamed=renamed, source="Ask the makers."
    )


@pytest.mark.parametrize("name", ["dev-de.tsv", "xnli/dev-de.tsv", "xnli/dev-de.tsv.gz"])
def test_reads_xtremes_files(tmp_path, name):
    put(tmp_path / name, " Ja. \tNein.\tcontradictory\r\nA\tB\tneutral \r\n")
    found = read(tmp_path)
    assert found.examples == (TextPair("Ja.", "Nein.", "contradiction"), TextPair("A", "B", "neutral"))
    assert (found.files, found.layout) == ((name,), "xtreme")


def test_reads_what_a_csv_writer_wrote(tmp_path):
    texts = ['"', '""', 'He said "yes".', '"Yes."', '"a" and "b"', "it's", "", "x", '""" three', "\u2028"]
    with (tmp_path / "dev-de.tsv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t").writerows((text, text[::-1], "neutral") for text in texts)
    assert read(tmp_path).examples == tuple(TextPair(text.strip(), text[::-1].strip(), "neutral") for text in texts)


@pytest.mark.parametrize(
    "text", ['"', '""', '"Yes', 'Yes"', '"Yes", he said, "no"', '"Yes."', 'a "" b', 'the 3.5" disk', '"a" b"', '"""']
)
def test_quotes_of_unquoted_copies_stay_on_their_line_and_as_they_are(tmp_path, text):
    put(tmp_path / "dev-de.tsv", f"{text}\tB\tneutral\nC\t{text}\tneutral\n")
    assert [(pair.first, pair.second) for pair in read(tmp_path).examples] == [(text, "B"), ("C", text)]


def test_a_row_that_is_quoted_as_a_whole_is_unquoted(tmp_path):
    put(tmp_path / "dev-de.tsv", '"A"\t"B"\t"neutral"\n')
    assert read(tmp_path).examples == (TextPair("A", "B", "neutral"),)


def test_test_files_may_withhold_the_labels(tmp_path):
    put(tmp_path / "test-de.tsv", "A\tB\nC\tD\n")
    assert read(tmp_path, split="test").examples == (TextPair("A", "B", None), TextPair("C", "D", None))


def test_rows_that_were_not_translated_are_kept_and_counted(tmp_path):
    put(tmp_path / "dev-de.tsv", "NS\tB\t0\nA\tNS\t1\nNSA\tB\t1\n\tB\t0\n")
    found = read(tmp_path, labels=("0", "1"))
    assert (len(found.examples), found.layout) == (4, "xtreme, 2 rows with NS")
    assert found.examples[3] == TextPair("", "B", "0")


def test_a_header_and_empty_lines_are_no_rows(tmp_path):
    put(tmp_path / "dev-de.tsv", "sentence1\tsentence2\tlabel\nA\tB\t1\n\n\r\n")
    assert read(tmp_path, labels=("0", "1")).examples == (TextPair("A", "B", "1"),)


def test_reads_xnlis_table_of_all_languages_without_touching_quotes(tmp_path):
    rows = 'language\tgold_label\tx\tsentence1\tsentence2\nde\tneutral\t\t"A ""b"""\tB\nfr\twrong\t\tC\tD\n'
    put(tmp_path / "XNLI-1.0" / "xnli.test.tsv", rows)
    found = read(tmp_path, split="test")
    assert (found.examples, found.layout) == ((TextPair('"A ""b"""', "B", "neutral"),), "xnli")
    with pytest.raises(MissingError, match="has no row for zh"):
        read(tmp_path, "zh", "test")


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_reads_xnlis_json_lines(tmp_path, ending):
    row = {"language": "de", "gold_label": "neutral", "sentence1": "A", "sentence2": "B"}
    text = "".join(json.dumps(line) + "\n" for line in (row, row | {"language": "fr"}))
    put(tmp_path / "XNLI-1.0" / f"xnli.dev.jsonl{ending}", text)
    assert read(tmp_path).examples == (TextPair("A", "B", "neutral"),)


def test_reads_the_training_table_of_xnli(tmp_path):
    put(tmp_path / "XNLI-MT-1.0" / "multinli" / "multinli.train.en.tsv", "premise\thypo\tlabel\nA\tB\tcontradictory\n")
    found = read(tmp_path, "en", "train")
    assert (found.examples, found.layout) == ((TextPair("A", "B", "contradiction"),), "xnli-mt")


def test_reads_multinli_without_rows_that_have_no_label(tmp_path):
    put(tmp_path / "multinli_1.0_train.txt", "gold_label\tsentence1\tsentence2\tl1\n-\tA\tB\t\nneutral\tC\tD\n")
    found = read(tmp_path, "en", "train")
    assert found.examples == (TextPair("C", "D", "neutral"),)
    assert found.layout == "multinli, 1 rows without a label left out"
    with pytest.raises(MissingError, match="no train data of xnli for de"):
        read(tmp_path, "de", "train")


@pytest.mark.parametrize(("split", "name"), [("train", "train"), ("dev", "dev_2k"), ("test", "test_2k")])
def test_reads_paws_x_as_it_ships(tmp_path, split, name):
    put(tmp_path / "pawsx" / "x-final" / "ja" / f"{name}.tsv", "id\tsentence1\tsentence2\tlabel\n1\tA\tB\t0\n")
    found = read(tmp_path, "ja", split, ("0", "1"), "pawsx")
    assert (found.examples, found.layout) == ((TextPair("A", "B", "0"),), "paws-x")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("dev-de.tsv", "A\tB\tneutral\nA\tB\tmaybe\n", r"dev-de\.tsv:2: 'maybe' is not a label"),
        ("dev-de.tsv", "A\tB\t-\n", r"dev-de\.tsv:1: '-' is not a label"),
        ("dev-de.tsv", "A\tB\tneutral\nA\tB\n", r"dev-de\.tsv:2: 2 instead of 3 fields"),
        ("dev-de.tsv", "A\tB\n", r"dev-de\.tsv:1: 2 instead of 3 fields"),
        ("dev-de.tsv", "A\tB\tneutral\tneutral\n", r"dev-de\.tsv:1: 4 instead of 3 fields"),
        ("test-de.tsv", "A\tB\nA\tB\tneutral\n", r"test-de\.tsv:2: 3 instead of 2 fields"),
        ("test-de.tsv", "A\n", r"test-de\.tsv:1: 1 instead of 3 fields"),
        ("dev-de.tsv", "", "it is empty"),
        ("XNLI-1.0/xnli.dev.tsv", "language\tsentence1\n", r"dev\.tsv:1: its header has no column sentence2, gold_lab"),
        ("XNLI-1.0/xnli.dev.tsv", "\n\n", r"dev\.tsv:1: its header has no column"),
        (
            "XNLI-1.0/xnli.dev.tsv",
            "language\tgold_label\tsentence1\tsentence2\nde\tneutral\tA\n",
            r"dev\.tsv:2: 3 instead of 4 fields",
        ),
        (
            "XNLI-1.0/xnli.dev.tsv",
            "language\tgold_label\tsentence1\tsentence2\nde\tneutral\tA\tB\tC\n",
            r"dev\.tsv:2: 5 instead of 4 fields",
        ),
        ("XNLI-1.0/xnli.dev.jsonl", '{"sentence1": "A"}\n', r"jsonl:1: sentence2 is missing or null, not a text"),
        ("XNLI-1.0/xnli.dev.jsonl", "[]\n", r"jsonl:1: the document is a list, not an object"),
        ("XNLI-1.0/xnli.dev.jsonl", "\n{\n", r"jsonl:2: not JSON"),
    ],
)
def test_says_what_is_wrong_and_where(tmp_path, name, text, message):
    put(tmp_path / name, text)
    with pytest.raises(DataError, match=message):
        read(tmp_path, split="test" if name.startswith("test") else "dev")


def test_bytes_that_are_not_utf8_are_refused(tmp_path):
    (tmp_path / "dev-de.tsv").write_bytes(b"A\tB\tneutral\n\xff\tB\tneutral\n")
    with pytest.raises(DataError, match=r"dev-de\.tsv:2: not UTF-8"):
        read(tmp_path)


def test_missing_files_are_named_in_every_layout(tmp_path):
    with pytest.raises(MissingError) as caught:
        read(tmp_path, "en", "train")
    for name in ("train-en.tsv", "multinli.train.en.tsv", "multinli_1.0_train.jsonl", "x-final/en/train.tsv"):
        assert name in caught.value.hint
    assert caught.value.hint.endswith("Ask the makers.")

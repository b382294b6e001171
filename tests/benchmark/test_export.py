import csv
import io

import pytest

from vecocli.benchmark.export import COLUMNS, WIDE, latex, long_format, markdown, write_exports
from vecocli.benchmark.reported import run_of
from vecocli.errors import UsageError


@pytest.fixture
def runs(make, whole):
    results = [*whole("panx", seeds=(1, 2)), make("mlqa", "en"), make("tatoeba", "de", truncated=3)]
    return [run_of("base_1 & 50%", results), run_of("|other|", [make("panx", "en", right=0.9)])]


def cells(line):
    return [cell.strip() for cell in line.removesuffix(r" \\").replace(r"\&", "+").split("&")]


def test_three_files_are_written_and_replaced(runs, tmp_path):
    written = write_exports(tmp_path, runs)
    assert [path.name for path in written] == ["report.md", "report.tex", "report.csv"]
    before = [path.read_text(encoding="utf-8") for path in written]
    assert write_exports(tmp_path, runs[:1]) == written
    assert [path.read_text(encoding="utf-8") for path in written] != before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.csv", "report.md", "report.tex"]


def test_a_folder_that_is_not_there_is_named(runs, tmp_path):
    with pytest.raises(UsageError, match="cannot write"):
        write_exports(tmp_path / "gone", runs)


def test_markdown_has_every_table_with_rows_as_wide_as_its_head(runs):
    text = markdown(runs)
    titles = [line for line in text.split("\n") if line.startswith("## ")]
    assert titles == [
        "## All tasks, protocol xtreme",
        "## Categories of tasks, protocol xtreme",
        "## NER: F1 of names (seqeval), protocol xtreme",
        "## MLQA: mean of F1 and exact match, protocol xtreme",
        "## Tatoeba: accuracy, from English, protocol xtreme",
        "## All tasks, protocol sane",
        "## Categories of tasks, protocol sane",
        "## NER: F1 of names in strict IOB2, protocol sane",
        "## MLQA: mean of F1 and exact match, protocol sane",
        "## Tatoeba: accuracy, mean of both directions, protocol sane",
        "## Remarks",
    ]
    for part in text.split("\n## ")[1:-1]:
        widths = {line.replace(r"\|", "").count("|") for line in part.split("\n") if line.startswith("|")}
        assert len(widths) == 1


def test_markdown_escapes_names_and_ends_with_remarks(runs):
    text = markdown(runs)
    assert r"| \|other\| | – |" in text and r"base\_1 \& 50% |" in text
    assert text.endswith("- panx: 1 of 40 languages, without " + text.rpartition("without ")[2])
    assert "- tatoeba: 3 texts were too long and not read whole." in text


def test_latex_is_a_tabular_a_grid_with_rows_of_one_width(runs):
    text = latex(runs)
    tables = text.split(r"\begin{tabular}")[1:]
    assert text.startswith("% needs \\usepackage{booktabs}\n") and len(tables) == 10
    for table in tables:
        columns = table.partition("}\n")[0].removeprefix("{").count("r") + 1
        rows = [line for line in table.split("\n") if line.endswith(r"\\")]
        assert {len(cells(row)) for row in rows} == {columns}
        assert [table.count(rule) for rule in (r"\toprule", r"\bottomrule", r"\end{tabular}")] == [1, 1, 1]


def test_latex_escapes_what_it_would_read(runs):
    text = latex(runs)
    assert r"base\_1 \& 50\% &" in text and r"\textbar{}other\textbar{} &" in text
    assert r"$\pm$ &" in text and " -- &" in text
    assert "±" not in text and "–" not in text


def test_a_wide_latex_table_is_cut_and_loses_no_column(runs):
    panx = latex(runs).split("% NER: F1 of names (seqeval), protocol xtreme")[1].partition(r"\end{tabular}")[0]
    heads = [cells(line) for line in panx.split("\n") if line.startswith(" &")]
    assert [len(head) for head in heads] == [WIDE + 1] * 3
    shown = [code for head in heads for code in head if code]
    assert len(shown) == 42 and shown[:2] == ["en", "af"] and shown[-2:] == ["average", "gap"]
    assert panx.count(r"\midrule") == 5


def test_the_long_format_has_a_line_for_every_metric(make):
    result = make("udpos", "de", seed=3, n=40)
    rows = list(csv.DictReader(io.StringIO(long_format([run_of('a,"b"', [result])]))))
    assert [(row["protocol"], row["metric"]) for row in rows] == [
        ("xtreme", "f1"),
        ("sane", "accuracy"),
        ("sane", "macro_f1"),
    ]
    low, high = result.intervals["sane"]
    assert rows[1] == {
        "run": 'a,"b"',
        "task": "udpos",
        "language": "de",
        "seed": "3",
        "protocol": "sane",
        "metric": "accuracy",
        "value": str(result.shown["sane"]),
        "n": "40",
        "low": str(low),
        "high": str(high),
    }
    assert (rows[2]["value"], rows[2]["low"], rows[2]["high"]) == ("50.0", "", "")
    assert tuple(rows[0]) == COLUMNS


def test_the_interval_of_questions_is_of_the_mean_of_both_scores(make):
    result = make("xquad", "de")
    rows = list(csv.DictReader(io.StringIO(long_format([run_of("run", [result])]))))
    xtreme = {row["metric"]: row for row in rows if row["protocol"] == "xtreme"}
    assert list(xtreme) == ["f1", "exact_match", "f1_exact_match_mean"]
    assert float(xtreme["f1_exact_match_mean"]["value"]) == result.shown["xtreme"]
    assert float(xtreme["f1_exact_match_mean"]["low"]) == result.intervals["xtreme"][0]
    assert xtreme["f1"]["low"] == xtreme["exact_match"]["high"] == ""

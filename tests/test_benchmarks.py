import subprocess
import sys
from pathlib import Path

import pytest

from vecocli.text.synonyms import MinedPair, SynonymPair, shard_path, to_table, write_shard

SCRIPTS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def mined(tmp_path: Path) -> Path:
    link = SynonymPair(4, 7, 4, 9, 1.0, "dictionary:x", False)
    rows = [MinedPair(n, f"the cat {n} sees it", f"die Katze {n} sieht", (link,)) for n in range(60)]
    write_shard(shard_path(tmp_path, 0), to_table(rows, "en", "de"), source_language="en", target_language="de")
    return tmp_path


def test_a_training_step_is_measured_beside_the_trainers(mined: Path) -> None:
    size = "--vocabulary 300 --layers 1 --hidden 64 --pairs 8 --length 16 --steps 2 --rounds 1 --threads 1".split()  # noqa: SIM905
    systems = ["Trainer, fp32", "veco all, without losses"]
    command = [
        sys.executable,
        str(SCRIPTS / "training.py"),
        str(mined),
        *size,
        "--peak",
        "1",
        "--systems",
        ";".join(systems),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.strip("|").split("|") for line in done.stdout.split("\n") if line.startswith("|")]
    assert [row[0].strip() for row in rows[2:]] == systems, done.stderr
    assert all(float(row[1].replace(",", "")) > 0 for row in rows[2:])
    assert rows[2][2].strip() == "1.0"


@pytest.fixture
def scored_by(tmp_path: Path) -> list[str]:
    """Flags for small files of each measure."""
    (tmp_path / "tatoeba").mkdir()
    for side, text in (("eng", "the cat {} sees it"), ("deu", "die Katze {} sieht es")):
        lines = "".join(text.format(n) + "\n" for n in range(8))
        (tmp_path / "tatoeba" / f"tatoeba.deu-eng.{side}").write_text(lines, encoding="utf-8")
    (tmp_path / "gold.src-tgt").write_text("the cat ||| die Katze\n" * 3, encoding="utf-8")
    (tmp_path / "gold.links").write_text("0-0 1-1\n" * 3, encoding="utf-8")
    (tmp_path / "udpos").mkdir()
    for name in ("train-en", "test-en", "test-de"):
        (tmp_path / "udpos" / f"{name}.tsv").write_text("the\tDET\ncat\tNOUN\n\n" * 5, encoding="utf-8")
    gold = ["en", "de", str(tmp_path / "gold.src-tgt"), str(tmp_path / "gold.links")]
    return ["--tatoeba", str(tmp_path / "tatoeba"), "--gold", *gold, "--udpos", str(tmp_path / "udpos")]


def test_arms_are_trained_scored_and_not_trained_again(mined: Path, tmp_path: Path, scored_by: list[str]) -> None:
    out = tmp_path / "ablation"
    size = "--size tiny --steps 2 --batch-size 4 --seeds 2 --workers 1".split()  # noqa: SIM905
    arms = ["--arms", "MLM;sequence, token alone", "--more", "vocabulary: 120"]
    command = [sys.executable, str(SCRIPTS / "ablation.py"), str(mined), *size, *arms, "--out", str(out), *scored_by]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.strip("|").split("|") for line in (out / "table.md").read_text().split("\n") if line.startswith("|")]
    heads = ["arm", "retrieval", "retrieval, last layer", "AER en-de", "POS"]
    assert [cell.strip() for cell in rows[0]] == heads
    assert [row[0].strip() for row in rows[2:]] == ["before", "MLM", "sequence, token alone"]
    assert all(0 <= float(cell.split("±")[0]) <= 100 for row in rows[2:] for cell in row[1:])
    files = {path: path.stat().st_mtime_ns for path in out.glob("*.json")}
    assert len(files) == 6
    assert (out / "chart.png").stat().st_size > 1000
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.stdout == done.stdout
    assert {path: path.stat().st_mtime_ns for path in out.glob("*.json")} == files


def test_nearest_neighbours_are_measured_beside_what_the_hardware_allows() -> None:
    systems = ["products alone", "veco", "veco, bf16", "torch"]
    size = "--rows 400 --width 32 --shared 0.5 --rounds 1 --threads 1".split()  # noqa: SIM905
    command = [sys.executable, str(SCRIPTS / "retrieval.py"), *size, "--systems", ";".join(systems)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.strip("|") for line in done.stdout.split("\n") if line.startswith("|")]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    assert [row[0] for row in rows[2:]] == systems, done.stderr
    assert rows[2][2] == "1.00" and all(float(row[2]) > 0 for row in rows[2:])
    assert [row[4] for row in rows[2:]] == ["", "100.000 %", "100.000 %", "100.000 %"]

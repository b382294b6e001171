import subprocess
import sys
from pathlib import Path

import pytest

from vecocli.text.synonyms import MinedPair, SynonymPair, shard_path, to_table, write_shard

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "training.py"


@pytest.fixture
def mined(tmp_path: Path) -> Path:
    link = SynonymPair(4, 7, 4, 9, 1.0, "dictionary:x", False)
    rows = [MinedPair(n, f"the cat {n} sees it", f"die Katze {n} sieht", (link,)) for n in range(60)]
    write_shard(shard_path(tmp_path, 0), to_table(rows, "en", "de"), source_language="en", target_language="de")
    return tmp_path


def test_a_training_step_is_measured_beside_the_trainers(mined: Path) -> None:
    size = "--vocabulary 300 --layers 1 --hidden 64 --pairs 8 --length 16 --steps 2 --rounds 1 --threads 1".split()  # noqa: SIM905
    systems = ["Trainer, fp32", "veco all, without losses"]
    command = [sys.executable, str(SCRIPT), str(mined), *size, "--peak", "1", "--systems", ";".join(systems)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.strip("|").split("|") for line in done.stdout.split("\n") if line.startswith("|")]
    assert [row[0].strip() for row in rows[2:]] == systems, done.stderr
    assert all(float(row[1].replace(",", "")) > 0 for row in rows[2:])
    assert rows[2][2].strip() == "1.0"

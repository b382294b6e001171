from collections import Counter
from pathlib import Path

import pytest

from vecocli.mining.result import Content, ResultFolder
from vecocli.mining.tally import tally
from vecocli.text.corpus import SentencePair
from vecocli.text.synonyms import MinedPair, SynonymPair, to_table


@pytest.fixture
def folder(tmp_path: Path) -> ResultFolder:
    """Five shards of two corpora: a cat in each, a dog in every other."""
    folder = ResultFolder(tmp_path / "out", ("en", "de"), {}, overwrite=False)
    folder.open()
    for shard in range(5):
        corpus = "a" if shard < 3 else "b"
        links = [SynonymPair(0, 3, 0, 5, 1 / (shard + 1), f"dictionary:d{shard % 2}", False)]
        links += [SynonymPair(4, 7, 6, 10, 1.0, "dictionary:d", False)] * (shard % 2)
        table = to_table([MinedPair(shard + 1, "cat dog", "Katze Hund", tuple(links))], "en", "de", corpus)
        content = Content([SentencePair(shard + 1, "cat dog", "Katze Hund", corpus)])
        folder.write(shard, table, content, {corpus: Counter(pairs=1)})
    return folder


@pytest.mark.parametrize("workers", [1, 2, 3, 9])
def test_the_lexicon_is_the_same_whatever_the_number_of_processes(folder: ResultFolder, workers: int) -> None:
    lexicon = tally(folder, [folder.facts(shard) for shard in range(5)], workers)
    lexicon.write(folder.out / "lexicon.tsv")
    assert (folder.out / "lexicon.tsv").read_text(encoding="utf-8").splitlines()[1:] == [
        "cat\tkatze\t5\t0.4567\t1.0000\t1.0000\tdictionary:d0 dictionary:d1\ta:1 a:2 a:3",
        "dog\thund\t2\t1.0000\t1.0000\t1.0000\tdictionary:d\ta:2 b:4",
    ]

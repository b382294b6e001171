import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vecocli.text.synonyms import MinedPair, SynonymPair, shard_path, to_table, write_shard

NOUNS = {"cat": "Katze", "dog": "Hund", "house": "Haus", "garden": "Garten", "tree": "Baum", "bird": "Vogel"}


def mined_rows() -> list[MinedPair]:
    rows = []
    for first, ours in NOUNS.items():
        for second, theirs in NOUNS.items():
            source, target = f"The {first} sees the old {second}.", f"{ours} sieht {theirs}!"
            links = []
            for word, other in ((first, ours), (second, theirs)):
                at, to = source.rindex(word), target.rindex(other)
                if first != second:
                    links.append(SynonymPair(at, at + len(word), to, to + len(other), 1.0, "dictionary:test", False))
            rows.append(MinedPair(len(rows) + 1, source, target, tuple(links)))
    return rows


@pytest.fixture(scope="session")
def mined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 36 mined pairs in two shards."""
    folder = tmp_path_factory.mktemp("mined")
    rows = mined_rows()
    for index, part in enumerate((rows[:20], rows[20:])):
        write_shard(shard_path(folder, index), to_table(part, "en", "de"), source_language="en", target_language="de")
    return folder


@pytest.fixture
def start_two() -> Callable[..., list[subprocess.Popen[str]]]:
    """Starts Python with some arguments as two processes of one run, the way torchrun does."""

    def start(*arguments: str) -> list[subprocess.Popen[str]]:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        folders = os.pathsep.join([str(Path(__file__).parent), *sys.path])
        meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": f"{port}"}
        running = []
        for rank in range(2):
            places = {"RANK": f"{rank}", "LOCAL_RANK": f"{rank}", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
            environment = os.environ | places | meeting | {"PYTHONPATH": folders}
            command = [sys.executable, *arguments]
            running.append(subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True))
        return running

    return start

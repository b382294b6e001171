"""Corpora + a miner -> a folder of mined shards, a lexicon and a summary.

A run that was killed goes on where it stopped when it is started again, and several processes may share a run: a shard
carries what it was made from and what was counted, and everything else is made of the shards at the end, so that the
files are byte for byte the same however many processes and starts it took.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from vecocli.errors import UsageError
from vecocli.mining.exports import Export
from vecocli.mining.job import Done, Job, Miner
from vecocli.mining.launch import Launch
from vecocli.mining.lexicon import Lexicon
from vecocli.mining.result import LEXICON, SUMMARY, Facts, ResultFolder
from vecocli.mining.sample import Sample
from vecocli.mining.summary import MiningSummary, summarise
from vecocli.mining.workers import Report, Share, attached, cores, share_out
from vecocli.progress import Progress, silent
from vecocli.text.corpus import SentencePair
from vecocli.text.mixed import MixedCorpus


class Prepared(NamedTuple):
    """A miner, and what the summary is to say of it, as JSON values."""

    miner: Miner
    about: Mapping[str, Any]


Prepare = Callable[[Sequence[SentencePair]], Prepared]
"""Makes the miner for a corpus of which it is given a sample."""


@dataclass(frozen=True)
class Settings:
    """How a corpus is mined, whatever links its words.

    Args:
        shard_rows: Sentence pairs in a shard; a killed process loses at most one shard of work.
        min_coverage: Pairs of which a smaller share of the source words is linked (0 to 1) are left out of the shards.
        workers: Local processes; None takes one for each core. A pipe is read by one.
        overwrite: Replace the result of other input or settings.
    """

    shard_rows: int
    min_coverage: float = 0.0
    workers: int | None = None
    overwrite: bool = False


def mine(
    corpus: MixedCorpus,
    sample: Callable[[], Sample],
    prepare: Prepare,
    out: Path,
    settings: Settings,
    *,
    exports: Sequence[Export] = (),
    launch: Launch | None = None,
    progress: Progress = silent,
) -> MiningSummary | None:
    """Mine synonym pairs from parallel corpora of two languages.

    Writes `part-00000.parquet`, ..., `lexicon.tsv` and `summary.json` into `out`, in constant memory. Started again
    with the same input and settings, it keeps the shards that are there.

    Args:
        corpus: Sentence pairs.
        sample: Looks at them before; see `sampling`.
        prepare: Makes the miner.
        out: Folder of the result; made if missing.
        settings: How it is mined.
        exports: Further files to write.
        launch: The processes that share this run, each of which calls this; None if it is the only one.
        progress: Called with (pairs done, pairs in all or None where that is not known).

    Returns:
        What was found; None in all processes of a launch but the first.

    Raises:
        DataError: No sentence pairs, or those of the miner.
        UsageError: A folder with a result of other input or settings, or a pipe that several processes are to read.
    """
    launch = launch or Launch(Share())
    some, pairs, total = sample()
    workers = _workers(settings, total, launch)
    miner, about = prepare(some)
    languages = corpus.source_language, corpus.target_language
    made_from = {**corpus.facts, **miner.facts} | {
        "shard_rows": settings.shard_rows,
        "min_coverage": settings.min_coverage,
    }
    folder = ResultFolder(out, languages, made_from, settings.overwrite)
    first = launch.share.rank == 0
    if first:
        for export in exports:
            export.check(folder, overwrite=settings.overwrite)
        folder.open()
    launch.wait()
    job = Job(pairs, miner, folder, settings.shard_rows, settings.min_coverage)
    try:
        done = launch.gather(_run(job, launch, workers, _adding(progress, total)))
    except BaseException:
        if launch.share.size == 1:
            folder.tidy()
        raise
    if not first:
        return None
    shards, lexicon = done[0]
    for one in done[1:]:
        lexicon.merge(one.lexicon)
    folder.close(shards)
    facts = [folder.facts(shard) for shard in range(shards)]
    return _finish(folder, facts, lexicon, about, exports, overwrite=settings.overwrite)


def _workers(settings: Settings, total: int | None, launch: Launch) -> int:
    """Return how many local processes are worth starting."""
    if total is None and (launch.share.size > 1 or (settings.workers or 1) > 1):
        raise UsageError("a pipe can be read by one process only", "Write it to a file first, or use one worker.")
    if total is None or launch.share.size > 1:
        return 1
    return max(1, min(settings.workers or cores(), -(-total // settings.shard_rows)))


def _run(job: Job, launch: Launch, workers: int, report: Report) -> list[Done]:
    """Do this process's share of a job, in several local processes if it is the only one."""
    if launch.share.size > 1:
        return [job(launch.share, attached(report, os.getppid()))]
    return share_out(job, workers, report)


def _adding(progress: Progress, total: int | None) -> Report:
    """Turn what was done since the last call into what is done."""
    done = 0

    def report(more: int) -> None:
        nonlocal done
        done += more
        progress(done, total)

    return report


def _finish(
    folder: ResultFolder,
    facts: Sequence[Facts],
    lexicon: Lexicon,
    about: Mapping[str, Any],
    exports: Sequence[Export],
    *,
    overwrite: bool,
) -> MiningSummary:
    """Write what is made of all shards."""
    lexicon.write(folder.out / LEXICON)
    for export in exports:
        export.write(folder, facts, overwrite=overwrite)
    summary = summarise(folder.languages, facts, len(lexicon), about)
    summary.write(folder.out / SUMMARY)
    return summary

"""Adds up the links of a run's shards to its lexicon, in several processes where that is worth it."""

from collections.abc import Sequence
from functools import partial

from vecocli.mining.lexicon import Lexicon
from vecocli.mining.result import Facts, ResultFolder, corpora
from vecocli.mining.workers import Report, Share, share_out


def tally(folder: ResultFolder, facts: Sequence[Facts], workers: int) -> Lexicon:
    """Make the lexicon of all shards; it is the same whatever the number of processes.

    Args:
        folder: The shards.
        facts: What each of them says.
        workers: Local processes; each adds up shards that follow one another, and holds the lexicon of those.
    """
    work = partial(_part, folder, len(facts), len(corpora(facts)) > 1)
    lexicon, *later = share_out(work, min(workers, len(facts)), lambda done: None)
    for one in later:
        lexicon.merge(one)
    return lexicon


def _part(folder: ResultFolder, shards: int, several: bool, share: Share, report: Report) -> Lexicon:
    """Make the lexicon of a share of the shards."""
    lexicon = Lexicon(several=several)
    for shard in share.part(shards):
        lexicon.add(folder.table(shard))
        report(0)
    return lexicon

"""Corpus + thesaurus -> a folder of mined shards, a lexicon and a summary.

A run that was killed goes on where it stopped when it is started again: a shard carries what it was made from and
what was counted, so that the files of an interrupted run end up byte for byte those of one that was not.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from vecocli.errors import DataError, UsageError
from vecocli.mining.dictionary import Matcher
from vecocli.mining.direction import check_direction
from vecocli.mining.frequent import function_words, spread
from vecocli.mining.linker import Linker, SpanScorer
from vecocli.mining.result import LEXICON, SUMMARY, Content, ResultFolder
from vecocli.mining.rules import Rules
from vecocli.mining.summary import Lexicon, MiningSummary, summarise
from vecocli.progress import Progress, silent
from vecocli.text.corpus import ParallelCorpus, SentencePair
from vecocli.text.segment import SEGMENTER
from vecocli.text.synonyms import MinedPair, to_table
from vecocli.text.thesaurus import Thesaurus

SAMPLE_PAIRS = 10_000  # at most, to tell function words
DIRECTION_PAIRS = 2_000  # of these, looked at to tell the dictionary's direction
BLOCK_PAIRS = 1024


class Miner(Protocol):
    """What links the words of sentence pairs; `Linker` does it with a dictionary."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Everything but the sentences that decides its links, as JSON values; a run goes on only with the same."""
        ...

    def link(self, pairs: Sequence[SentencePair], counts: Counter[str]) -> list[MinedPair]:
        """Link sentence pairs, one row each, in their order, and add what happened to the counts."""
        ...


def mine(
    corpus: ParallelCorpus,
    thesaurus: Thesaurus,
    out: Path,
    *,
    rules: Rules,
    shard_rows: int,
    limit: int | None = None,
    scorer: SpanScorer | None = None,
    overwrite: bool = False,
    progress: Progress = silent,
) -> MiningSummary:
    """Mine synonym pairs from a parallel corpus.

    Writes `part-00000.parquet`, ..., `lexicon.tsv` and `summary.json` into `out`, in constant memory. Started again
    with the same input and settings, it keeps the shards that are there.

    Args:
        corpus: Sentence pairs.
        thesaurus: The dictionary, for the corpus's languages in the corpus's direction.
        out: Folder of the result; made if missing.
        rules: What is linked.
        shard_rows: Sentence pairs in a shard; a killed run loses at most one shard of work.
        limit: Read only so many sentence pairs; None reads all.
        scorer: Compares spans where several places match; without one, relative position decides.
        overwrite: Replace the result of other input or settings.
        progress: Called with (pairs done, None).

    Raises:
        DataError: No sentence pairs, or a dictionary that fits only the other way round.
        UsageError: Languages that differ, or a folder with a result of other input or settings.
    """
    languages = corpus.source_language, corpus.target_language
    if languages != thesaurus.languages:
        theirs, ours = "-".join(thesaurus.languages), "-".join(languages)
        raise UsageError(f"a {theirs} dictionary for a {ours} corpus", "Load it for the languages of the corpus.")
    sample, pairs = _sampled(corpus, limit)
    matcher = Matcher(thesaurus, rules.max_phrase)
    check_direction(spread(sample, DIRECTION_PAIRS), thesaurus, matcher)
    functional = (
        function_words((pair.source for pair in sample), languages[0], rules.function_share),
        function_words((pair.target for pair in sample), languages[1], rules.function_share),
    )
    linker = Linker(thesaurus, matcher, rules, functional, scorer)
    files = [Path(path).name for path in corpus.paths]
    folder = ResultFolder(out, *languages, {"corpus": files, **linker.facts, "shard_rows": shard_rows}, overwrite)
    counts, lexicon, shards = Counter[str](), Lexicon(), 0
    while _shard(folder, shards, islice(pairs, shard_rows), linker, lexicon, counts, progress):
        shards += 1
    folder.close(shards)
    summary = summarise(languages, counts, len(lexicon), functional, SEGMENTER)
    lexicon.write(out / LEXICON)
    summary.write(out / SUMMARY)
    return summary


def _sampled(corpus: ParallelCorpus, limit: int | None) -> tuple[list[SentencePair], Iterator[SentencePair]]:
    """Return pairs from the whole corpus, and an iterator over all of it.

    A file is read through once more for its sample; of a pipe, which cannot be, the sample is the beginning.
    """
    pairs: Iterator[SentencePair] = islice(corpus, limit)
    if all(Path(path).is_file() for path in corpus.paths):
        sample, pairs = spread(pairs, SAMPLE_PAIRS), islice(corpus, limit)
    else:
        sample = list(islice(pairs, SAMPLE_PAIRS))
        pairs = chain(sample, pairs)
    if not any(pair.source.strip() and pair.target.strip() for pair in sample):
        hint = "Give a corpus with text on both sides."
        raise DataError("no sentence pairs with text", hint, path=", ".join(map(str, corpus.paths)))
    return sample, pairs


def _shard(
    folder: ResultFolder,
    shard: int,
    pairs: Iterator[SentencePair],
    linker: Linker,
    lexicon: Lexicon,
    totals: Counter[str],
    progress: Progress,
) -> bool:
    """Mine one shard, or keep the one that is there, and add it to the lexicon and the totals; False if it is empty."""
    done, content, counts = totals["pairs"], Content(), Counter[str]()
    if folder.holds(shard):
        chunk = list(pairs)
        content.add(chunk)
        if (kept := folder.kept(shard, content)) is not None:
            totals.update(kept)
            lexicon.add(folder.rows(shard))
            progress(totals["pairs"], None)
            return True
        pairs, content = iter(chunk), Content()
    tables = []
    while block := list(islice(pairs, BLOCK_PAIRS)):
        content.add(block)
        rows = linker.link(block, counts)
        lexicon.add(rows)
        tables.append(to_table(rows, *folder.languages))
        progress(done + counts["pairs"], None)
    if tables:
        folder.write(shard, pa.concat_tables(tables), content, counts)
        totals.update(counts)
    return bool(tables)

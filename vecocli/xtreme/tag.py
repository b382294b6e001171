"""Tagging of words: parts of speech (UDPOS) and names (PAN-X).

A word's tag is read at its first sub-word. A sentence that is too long is cut between words, and its parts are tagged
one by one, as XTREME does.
"""

from array import array
from collections.abc import Sequence

from vecocli.encoder.buckets import Row
from vecocli.encoder.task_model import TaskModel
from vecocli.encoder.tokens import TextTokenizer
from vecocli.progress import Progress, silent
from vecocli.xtreme.data import TaggedSentence
from vecocli.xtreme.feature import Cut, Feature, Lengths

UNLABELLED = -100


def cut(tokens: TextTokenizer, examples: Sequence[TaggedSentence], labels: Sequence[str], lengths: Lengths) -> Cut:
    """Turn sentences into inputs.

    A word that the tokenizer makes nothing of is an unknown one, so that it has a tag too. Where tags are withheld,
    the first label stands where a tag is to be read.

    Args:
        tokens: The model's tokenizer.
        examples: N sentences.
        labels: The tags in the order of their numbers.
        lengths: How long an input may be.
    """
    numbers = {label: number for number, label in enumerate(labels)}
    room = lengths.input - len(tokens.single([]))
    features, owners = [], []
    for at, (example, words) in enumerate(zip(examples, pieces_of_words(tokens, examples), strict=True)):
        tags = [0] * len(words) if example.tags is None else [numbers[tag] for tag in example.tags]
        for first, last in parts([len(word) for word in words], room):
            features.append(Feature(_row(tokens, words[first:last], tags[first:last], room)))
            owners.append(at)
    return Cut(features, owners, 0)


def pieces_of_words(tokens: TextTokenizer, examples: Sequence[TaggedSentence]) -> list[list[list[int]]]:
    """Return the sub-words of each word of each sentence, at least one each."""
    texts = [" ".join(example.words) for example in examples]
    cut = tokens.in_words(texts, [spans(example.words) for example in examples], cut=True)
    unknown = tokens.unk_id if tokens.unk_id is not None else tokens.pad_id
    found = []
    for example, pieces in zip(examples, cut, strict=True):
        words: list[list[int]] = [[] for _ in example.words]
        for token, owner in zip(pieces.ids, pieces.owners, strict=True):
            if owner >= 0:
                words[owner].append(token)
        found.append([word or [unknown] for word in words])
    return found


def spans(words: Sequence[str]) -> list[tuple[int, int]]:
    """Where words stand when they are joined by blanks."""
    found, at = [], 0
    for word in words:
        found.append((at, at + len(word)))
        at += len(word) + 1
    return found


def parts(sizes: Sequence[int], room: int) -> list[tuple[int, int]]:
    """Cut a sentence into parts [first, last) as long as fit; a single word that does not is a part by itself."""
    found, first, held = [], 0, 0
    for at, size in enumerate(sizes):
        if at > first and held + size > room:
            found.append((first, at))
            first, held = at, 0
        held += size
    return [*found, (first, len(sizes))] if sizes else []


def _row(tokens: TextTokenizer, words: Sequence[Sequence[int]], tags: Sequence[int], room: int) -> Row:
    ids = [token for word in words for token in word][:room]
    labels = [label for word, tag in zip(words, tags, strict=True) for label in (tag, *[UNLABELLED] * (len(word) - 1))]
    before, after = len(tokens.before), len(tokens.after)
    framed = [*[UNLABELLED] * before, *labels[:room], *[UNLABELLED] * after]
    return Row(array("i", tokens.single(ids)), labels=array("h", framed))


def predict(
    model: TaskModel, examples: Sequence[TaggedSentence], lengths: Lengths, progress: Progress = silent
) -> tuple[list[tuple[str, ...]], int]:
    """Return the tags of each sentence, and 0: nothing is left unread."""
    made = cut(model.encoder.tokens, [TaggedSentence(one.words, None) for one in examples], model.head.labels, lengths)
    rows = [feature.row for feature in made.features]
    tags: list[list[int]] = [[] for _ in rows]
    for chosen, logits in model.predict(rows, progress=progress):
        for at, row in zip(chosen, logits.argmax(-1).tolist(), strict=True):
            labels = rows[at].labels
            assert labels is not None
            tags[at] = [number for number, label in zip(row, labels, strict=False) if label != UNLABELLED]
    found: list[list[str]] = [[] for _ in examples]
    for owner, numbers in zip(made.owners, tags, strict=True):
        found[owner] += [model.head.labels[number] for number in numbers]
    return [tuple(one) for one in found], made.truncated

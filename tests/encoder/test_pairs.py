import pytest

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.pairs import Side, form_hash, tokenise
from vecocli.encoder.tokens import TextTokenizer
from vecocli.text.segment import normal_form
from vecocli.text.shards import ShardRow
from vecocli.text.synonyms import MinedPair, SynonymPair


def row(source: str, target: str, *links: tuple[str, str], languages: tuple[str, str] = ("en", "de")) -> ShardRow:
    """A mined pair whose links are given as words (or as spans)."""
    made = []
    for left, right in links:
        at, to = source.index(left), target.index(right)
        made.append(SynonymPair(at, at + len(left), to, to + len(right), 1.0, "dictionary:x", False))
    return ShardRow(MinedPair(1, source, target, tuple(made)), *languages)


def text_of(side: Side, tokens: TextTokenizer, unit: int) -> str:
    ids = [token for token, at in zip(side.ids, side.units, strict=True) if at == unit]
    return "".join(tokens.hf.convert_ids_to_tokens(ids)).replace("▁", " ").strip()


@pytest.fixture
def tokens(tiny_encoder: Encoder) -> TextTokenizer:
    return tiny_encoder.tokens


def test_units_are_words_and_links_follow_them(tokens: TextTokenizer) -> None:
    (pair,) = tokenise(tokens, [row("The cat sees.", "Die Katze sieht!", ("cat", "Katze"), ("sees", "sieht"))], 100)
    assert [text_of(pair.source, tokens, unit) for unit in range(3)] == ["The", "cat", "sees"]
    assert [text_of(pair.target, tokens, unit) for unit in range(3)] == ["Die", "Katze", "sieht"]
    assert pair.links == [(1, 1), (2, 2)]
    assert pair.lost == 0
    assert pair.source.units[-1] == -1  # the full stop
    assert pair.source.forms == [form_hash("the"), form_hash("cat"), form_hash("sees")]
    assert pair.source.sentence == form_hash(normal_form("The cat sees."))
    assert len(pair) == max(len(pair.source.ids), len(pair.target.ids))


def test_a_linked_phrase_is_one_unit(tokens: TextTokenizer) -> None:
    (pair,) = tokenise(tokens, [row("the green house", "das grüne Haus", ("green house", "grüne Haus"))], 100)
    assert len(pair.source.forms) == len(pair.target.forms) == 2
    assert text_of(pair.source, tokens, 1) == "green house"
    assert pair.links == [(1, 1)]
    assert pair.source.forms[1] == form_hash("green house")


def test_of_overlapping_links_the_longest_span_stays(tokens: TextTokenizer) -> None:
    mined = row("the green house", "das grüne Haus", ("house", "Haus"), ("green house", "grüne Haus"), ("the", "das"))
    (pair,) = tokenise(tokens, [mined], 100)
    assert sorted(pair.links) == [(0, 0), (1, 1)]
    assert pair.lost == 1


def test_a_link_within_a_word_splits_it(tokens: TextTokenizer) -> None:
    """Compounds: what is linked is a unit, the rest of the word none."""
    (pair,) = tokenise(tokens, [row("the tree house", "das Baumhaus", ("tree", "Baum"), ("house", "haus"))], 100)
    assert pair.links == [(1, 1), (2, 2)]
    assert [text_of(pair.target, tokens, unit) for unit in (1, 2)] == ["Baum", "haus"]


def test_one_word_with_two_partners(tokens: TextTokenizer) -> None:
    (pair,) = tokenise(tokens, [row("the house", "Haus, Hausch", ("house", "Haus"), ("house", "Hausch"))], 100)
    assert pair.links == [(1, 0), (1, 1)]


def test_what_is_cut_off_is_counted(tokens: TextTokenizer) -> None:
    mined = row("The cat sees the house", "Die Katze sieht das Haus", ("cat", "Katze"), ("house", "Haus"))
    whole = tokenise(tokens, [mined], 100)[0]
    assert (len(whole.links), whole.lost) == (2, 0)
    cut = tokenise(tokens, [mined], 7)[0]
    assert len(cut.source.ids) == len(cut.source.units) == 5
    assert (cut.links, cut.lost) == ([(1, 1)], 1)
    assert cut.source.forms == whole.source.forms[: max(cut.source.units) + 1]  # no room for what is behind the cut
    assert cut.source.sentence == whole.source.sentence


def test_a_word_that_the_tokenizer_swallows_has_no_form(tokens: TextTokenizer) -> None:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    vocabulary = [
        ("<s>", 0.0),
        ("<pad>", 0.0),
        ("<unk>", 0.0),
        ("見る", -1.0),
        ("家を見る", -2.0),
        ("a", -1.0),
        ("b", -1.0),
    ]
    hf = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.Unigram(vocabulary, 2)), pad_token="<pad>", unk_token="<unk>"
    )
    mined = row("a", "家を見る", ("a", "家"), languages=("en", "ja"))
    (pair,) = tokenise(TextTokenizer(hf), [mined], 100)
    assert len(pair.target.ids) == 1
    assert pair.target.forms == [0, 0, form_hash("見る")]  # what the piece covers most
    assert (pair.links, pair.lost) == ([], 1)


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        ("猫は家を見る。", "ja", 5),
        ("แมวเห็นบ้าน", "th", 3),
        ("बिल्ली घर देखती है।", "hi", 4),
        ("🙂🙂 !", "en", 0),
        ("", "en", 0),
    ],
)
def test_units_of_every_script(tokens: TextTokenizer, text: str, language: str, count: int) -> None:
    (pair,) = tokenise(tokens, [row(text, text, languages=(language, language))], 100)
    assert len(pair.source.forms) == count
    assert pair.source == pair.target


def test_sub_words_as_units(tokens: TextTokenizer) -> None:
    mined = row("The cat sees.", "Die Katze sieht!", ("cat", "Katze"), ("The cat", "sieht"), ("sees", "sieht"))
    word, sub = (tokenise(tokens, [mined], 100, units)[0] for units in ("word", "sub-word"))
    assert (sub.source.ids, sub.source.sentence, sub.lost) == (word.source.ids, word.source.sentence, word.lost)
    for side in (sub.source, sub.target):
        assert side.units == list(range(len(side.ids)))  # the full stop too
        assert side.forms == [form_hash(str(token)) for token in side.ids]
    expected = {
        (i, j)
        for one, other in word.links
        for i, unit in enumerate(word.source.units)
        for j, other_unit in enumerate(word.target.units)
        if (unit, other_unit) == (one, other)
    }
    assert len(sub.links) == len(expected) > len(word.links)
    assert set(sub.links) == expected


def test_a_space_marker_by_itself_is_no_unit(tokens: TextTokenizer) -> None:
    mined = row("cat ze", "Katze ze", ("cat", "Katze"), ("ze", "ze"))
    (pair,) = tokenise(tokens, [mined], 100, "sub-word")
    for side in (pair.source, pair.target):
        pieces = tokens.hf.convert_ids_to_tokens(side.ids)
        assert "▁" in pieces
        assert [unit == -1 for unit in side.units] == [piece == "▁" for piece in pieces]
        assert [form == 0 for form in side.forms] == [piece == "▁" for piece in pieces]
    assert pair.links
    assert all(pair.source.forms[i] and pair.target.forms[j] for i, j in pair.links)


def test_sub_words_of_a_linked_phrase_are_linked_each_to_each(tokens: TextTokenizer) -> None:
    mined = row("the green house", "das grüne Haus", ("green house", "grüne Haus"))
    (pair,) = tokenise(tokens, [mined], 100, "sub-word")
    places = [range(side.ids.index(side.ids[0]), len(side.ids)) for side in (pair.source, pair.target)]
    first = [len(tokens.pieces([text])[0].ids) for text in ("the", "das")]
    assert set(pair.links) == {(i, j) for i in places[0][first[0] :] for j in places[1][first[1] :]}


def test_sub_words_that_are_cut_off_are_not_linked(tokens: TextTokenizer) -> None:
    mined = row("The cat sees the house", "Die Katze sieht das Haus", ("cat", "Katze"), ("house", "Haus"))
    (pair,) = tokenise(tokens, [mined], 7, "sub-word")
    assert pair.lost == 1
    assert pair.links
    assert max(map(max, pair.links)) < 5
    (nothing,) = tokenise(tokens, [row("", "!")], 7, "sub-word")
    assert (nothing.source.forms, nothing.links) == ([], [])


def test_form_hashes_are_the_same_in_every_process() -> None:
    assert form_hash("cat") == 3429664268601861939
    assert form_hash("") != 0
    assert len({form_hash(str(number)) for number in range(10_000)}) == 10_000
    assert all(-(2**63) <= form_hash(str(number)) < 2**63 for number in range(100))

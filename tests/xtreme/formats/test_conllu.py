import pytest

from vecocli.errors import DataError
from vecocli.xtreme.data import TaggedSentence
from vecocli.xtreme.formats.conllu import read_conllu


def row(number, form, tag="_", head="_", enhanced="_"):
    return "\t".join([str(number), form, "_", tag, "_", "_", str(head), "_", enhanced, "_"])


@pytest.fixture
def read(tmp_path):
    def read(*rows, language="de", tags=()):
        path = tmp_path / "de_x-ud-dev.conllu"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return read_conllu(path, language, tags)

    return read


ZUM_HAUS = (
    "# text = Zum Haus",
    row("1-2", "Zum"),
    row(1, "Zu", "ADP", 3),
    row(2, "dem", "DET", 3),
    row(3, "Haus", "NOUN", 0),
    "",
)


def test_a_multi_word_token_takes_the_place_of_its_words(read):
    assert read(*ZUM_HAUS) == ([TaggedSentence(("Zum", "Haus"), ("ADP", "NOUN"))], 0)


def test_several_tokens_keep_the_order_of_words(read):
    rows = (
        row(1, "a", "ADV", 2),
        row("2-3", "bc"),
        row(2, "b", "VERB", 0),
        row(3, "c", "PRON", 2),
        row("4-4", "D"),
        row(4, "d", "NOUN", 2),
        row(5, "e", "PUNCT", 2),
    )
    assert read(*rows)[0] == [TaggedSentence(("a", "bc", "D", "e"), ("ADV", "VERB", "NOUN", "PUNCT"))]


@pytest.mark.parametrize(
    ("language", "words", "tag"),
    [
        # the word nearest to the root, though the list ranks the other higher: `by its reason` hangs on `its`
        ("ar", [("ADP", 3), ("NOUN", 1), ("PRON", 4)], "PRON"),
        ("ar", [("CCONJ", 0), ("VERB", 1)], "CCONJ"),
        # as near as one another: the language's list decides
        ("ar", [("CCONJ", 3), ("ADJ", 3)], "ADJ"),
        ("fi", [("SCONJ", 3), ("AUX", 3)], "AUX"),
        ("fr", [("ADP", 3), ("DET", 3)], "ADP"),
        ("it", [("PRON", 3), ("ADV", 3)], "ADV"),
        ("de", [("PRON", 3), ("ADV", 3)], "PRON"),
        # tags that the list lacks come last, in the order of the words
        ("es", [("CCONJ", 3), ("DET", 3)], "DET"),
        ("es", [("SYM", 3), ("NOUN", 3)], "SYM"),
    ],
)
def test_its_tag_is_that_of_the_word_nearest_to_the_root(read, language, words, tag):
    inner = [row(number, "x", *word) for number, word in enumerate(words, start=1)]
    outer = [row(number, "y", "VERB", 0) for number in range(len(words) + 1, 6)]
    sentences, _ = read(row(f"1-{len(words)}", "xx"), *inner, *outer, language=language)
    assert sentences[0].tags[0] == tag


def test_enhanced_dependencies_count_as_well(read):
    rows = (row("1-2", "ab"), row(1, "a", "NOUN", 3, "3:obj|4:obj|3.1:x"), row(2, "b", "PART", 3, "3:dep"))
    rest = (row(3, "c", "VERB", 0), row(4, "d", "VERB", 3))
    assert read(*rows, *rest)[0][0].tags[0] == "PART"


def test_a_circle_of_heads_does_no_harm(read):
    rows = (row("1-2", "ab"), row(1, "a", "ADP", 2), row(2, "b", "NOUN", 1), row(3, "c", "X", 999999), row(4, "d"))
    assert read(*rows)[0][0].tags == ("NOUN", "X", "_")


def test_empty_nodes_and_comments_are_left_out(read):
    rows = ("# a", row(1, "a", "X", 0), row("1.1", "b", "VERB"), row(2, "#", "SYM", 1), "", "# only a comment", "", "")
    assert read(*rows) == ([TaggedSentence(("a", "#"), ("X", "SYM"))], 0)


def test_spaces_and_joiners_inside_words_go(read):
    rows = [row(number, form, "X", 0) for number, form in enumerate(["10 000", "می\u200cشود", "a\u00a0b", "\u200c"], 1)]
    assert read(*rows)[0][0].words == ("10000", "میشود", "a\u00a0b", "\u200c")


@pytest.mark.parametrize(
    ("words", "kept"), [("_", False), ("_ a", False), ("_ _ a", False), ("_ a b", True), ("_ _ a b", True), ("a", True)]
)
def test_sentences_without_text_are_dropped_and_counted(read, words, kept):
    rows = [row(number, word, "X", 0) for number, word in enumerate(words.split(), start=1)]
    sentences, dropped = read(*rows, "", *ZUM_HAUS)
    assert (len(sentences), dropped) == ((2, 0) if kept else (1, 1))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["1\ta\tX"], "conllu:1: 3 instead of 10 fields"),
        ([*ZUM_HAUS, row("x", "a")], "conllu:7: 'x' is not the number of a word"),
        ([row("1234567", "a")], "'1234567' is not the number of a word"),
        ([row(2, "a", "X")], "conllu:1: word 2 where word 1 should follow"),
        ([row(1, "a", "X"), row(1, "a", "X")], "conllu:2: word 1 where word 2 should follow"),
        ([row("2-3", "a")], "conllu:1: the token 2-3 does not begin at word 1"),
        ([row(1, "a"), row("2-1", "a")], "conllu:2: the token 2-1 does not begin at word 2"),
        ([row("1-2", "a"), row(1, "a"), row("2-3", "a")], "conllu:3: the token 2-3 .* overlaps another"),
        ([row("1-3", "a"), row(1, "a"), row(2, "a")], "the sentence ends within its token 1-3"),
        ([row(1, "a", "X"), row(2, "a", "NOPE")], "conllu:2: 'NOPE' is not a tag of the task"),
    ],
)
def test_says_what_is_wrong_and_where(read, rows, message):
    with pytest.raises(DataError, match=message):
        read(*rows, tags=("X", "ADP", "DET", "NOUN", "_"))

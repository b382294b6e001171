from vecocli.mining.known import known_words
from vecocli.mining.words import tokenised
from vecocli.text.formats import Entry
from vecocli.text.thesaurus import Thesaurus


def test_what_a_dictionary_lists_and_links() -> None:
    entries = [("cat", "Katze"), ("give up", "geben auf"), ("up", "auf")]
    thesaurus = Thesaurus.from_entries([Entry(*entry) for entry in entries], "en", "de", "d")
    pairs = [
        tokenised("the cat , the cat", "Katze !"),
        tokenised("give up", "geben auf"),
        tokenised("", "auf"),
    ]
    known = known_words(thesaurus, pairs)
    assert [sorted(set(row)) for row in known.listed] == [
        [(1, 0), (4, 0)],
        [(0, 0), (0, 1), (1, 0), (1, 1)],
        [],
    ]
    assert [len(row) for row in known.links] == [1, 4, 0]
    assert known.links[0] <= {(1, 0), (4, 0)}

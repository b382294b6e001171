from pathlib import Path

import pytest

from vecocli.errors import DataError, UsageError
from vecocli.text.formats import Entry
from vecocli.text.phrases import Entries
from vecocli.text.pivot import compose
from vecocli.text.thesaurus import Thesaurus


def entries(*pairs: str) -> Entries:
    found: Entries = {}
    for pair in pairs:
        source, target = pair.split()
        found.setdefault((source,), {})[(target,)] = ("x",)
    return found


DE_EN = ("Bank bank", "Bank bench", "Ufer bank", "Ufer shore", "Sitzbank bench", "Schiff ship")
EN_FR = ("bank banque", "bank rive", "bench banc", "shore rive", "ship bateau", "ship navire", "boat bateau")


@pytest.mark.parametrize(
    ("minimum", "pairs"),
    [
        # Bank-banque and Bank-banc: 2 * 1 / (2 + 1); Bank-rive: 2 * 1 / (2 + 2); Ufer-rive: 2 * 2 / (2 + 2)
        (0.0, {"Bank banque", "Bank banc", "Bank rive", "Ufer rive", "Ufer banque"}),
        (0.6, {"Bank banque", "Bank banc", "Ufer rive", "Ufer banque"}),
        (0.7, {"Ufer rive"}),
    ],
)
def test_pairs_whose_other_translations_disagree_are_dropped(minimum: float, pairs: set[str]) -> None:
    composed = compose(entries(*DE_EN), entries(*EN_FR), "pivot:en", minimum)
    found = {f"{source} {target}" for (source,), targets in composed.items() for (target,) in targets}
    single = {"Sitzbank banc", "Schiff navire"} | ({"Schiff bateau"} if minimum <= 2 / 3 else set())
    assert found == pairs | single
    assert composed[("Ufer",)][("rive",)] == ("pivot:en",)


def test_two_thesauri_make_a_third() -> None:
    first = Thesaurus.from_entries([Entry("Schiff", "ship")], "de", "en", "a")
    second = Thesaurus.from_entries([Entry("ship", "navire")], "en", "fr", "b")
    third = first.through(second)
    assert (third.languages, third.names) == (("de", "fr"), ("a", "b"))
    assert third.entries == {("schiff",): {("navire",): ("pivot:en",)}}
    with pytest.raises(UsageError, match="a dictionary en-fr does not lead on to one de-en"):
        second.through(first)


def write(path: Path, *pairs: str) -> Path:
    path.write_text("".join(pair.replace(" ", "\t") + "\n" for pair in pairs), encoding="utf-8")
    return path


def test_files_are_joined_by_the_languages_that_their_names_or_the_user_say(tmp_path: Path) -> None:
    german = write(tmp_path / "en-de.tsv", "ship Schiff", "car Auto")
    french = Path(f"{write(tmp_path / 'words.tsv', 'ship navire', 'car auto')}:en-fr")
    direct = write(tmp_path / "de_fr.tsv", "Auto auto", "Haus maison")
    thesaurus = Thesaurus.load([german, french, direct], "de", "fr", pivot="eng")
    assert thesaurus.entries == {
        ("auto",): {("auto",): ("de_fr", "pivot:en")},
        ("haus",): {("maison",): ("de_fr",)},
        ("schiff",): {("navire",): ("pivot:en",)},
    }
    assert len(Thesaurus.load([german, french], "fr", "de", pivot="en")) == 2


def test_words_of_concepts_meet_directly_and_between(tmp_path: Path) -> None:
    wordnet = tmp_path / "wn.tab"
    wordnet.write_text("00000001-n\tdeu:lemma\tSchiff\n00000001-n\teng:lemma\tship\n# x\tfra\tu\tCC BY\n")
    french = write(tmp_path / "en-fr.tsv", "ship navire")
    assert Thesaurus.load([wordnet, french], "de", "fr", pivot="en").entries == {
        ("schiff",): {("navire",): ("pivot:en",)}
    }


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    german = write(tmp_path / "en-de.tsv", "ship Schiff")
    french = write(tmp_path / "en-fr.tsv", "ship navire")
    italian = write(tmp_path / "en-it.tsv", "ship nave")
    plain = write(tmp_path / "plain.tsv", "ship nave")
    with pytest.raises(DataError, match=r"en-it\.tsv: a dictionary of English \(en\) and Italian \(it\)"):
        Thesaurus.load([german, french, italian], "de", "fr", pivot="en")
    assert len(Thesaurus.load([german, french, italian], "de", "fr", pivot="en", skip_others=True)) == 1
    with pytest.raises(DataError, match=r"plain\.tsv: its languages are not known") as caught:
        Thesaurus.load([german, french, plain], "de", "fr", pivot="en")
    assert "plain.tsv:de-" in caught.value.hint
    with pytest.raises(DataError, match="no dictionary entry from en to fr"):
        Thesaurus.load([german], "de", "fr", pivot="en")
    with pytest.raises(UsageError, match="--pivot de"):
        Thesaurus.load([german, french], "de", "fr", pivot="de")
    with pytest.raises(UsageError, match="--reverse-dictionary"):
        Thesaurus.load([german, french], "de", "fr", pivot="en", reverse=True)

"""Score an encoder's word alignment against hand-made gold: AER, precision, recall, F1 of every aligner at every layer.

Sub-words are matched by similarity and words follow them (argmax, itermax and match are SimAlign's, softmax is
awesome-align's, ot XLM-Align's); with --dictionary, the dictionary is scored too, by itself and together with each.
Gold may count words from 0 or from 1: that is found out. All scores are in percent; a low AER is good.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from vecocli import registry
from vecocli.commands.evaluate._common import THEMSELVES, check_file, check_out, finish, open_encoder
from vecocli.config.evaluation import AlignmentConfig
from vecocli.console import Screen
from vecocli.errors import UsageError

if TYPE_CHECKING:
    from vecocli.mining.gold import Gold
    from vecocli.mining.known import Known
    from vecocli.mining.words import WordedPair

CONFIG = AlignmentConfig
EXAMPLE = """
    veco evaluate alignment xlm-roberta-base de-en.src-tgt de-en.gold --source de --target en
"""
COLUMNS = ("AER", "precision", "recall", "F1", "links")


def run(config: AlignmentConfig, screen: Screen) -> dict[str, Any]:
    """Align, score, show."""
    check_out(config)
    check_file("--calibration", config.calibration, overwrite=config.overwrite)
    from vecocli.mining.aligner import METHODS, Aligner, AlignerSettings
    from vecocli.mining.evaluate import evaluate_alignment, fit_scores, read_sentences
    from vecocli.mining.gold import read_gold

    pairs = read_sentences(config.sentences, config.source, config.target)
    gold = read_gold(config.gold, [(len(pair.source_words), len(pair.target_words)) for pair in pairs], config.base)
    methods = registry.names(METHODS) if "all" in config.aligner else list(dict.fromkeys(config.aligner))
    for method in methods:
        registry.get(METHODS, method)
    known = _dictionary(config, pairs)
    encoder, layers = open_encoder(config)
    if config.calibration is not None and len(layers) > 1:
        raise UsageError("--calibration is fitted for one layer", "Name it with --layer.")
    aligner = Aligner(
        encoder,
        AlignerSettings(
            tuple(methods),
            tuple(layers),
            unit=config.unit,
            distortion=config.distortion,
            bonus=config.bonus,
            on_long=config.on_long,
            max_length=config.max_length,
            precision=config.precision,
        ),
    )
    with screen.progress("aligning") as progress:
        evaluation = evaluate_alignment(aligner, pairs, gold.links, known, progress)
    rows = [{"aligner": one.method, "layer": one.layer, **asdict(one.score)} for one in evaluation.scores]
    _show(config, rows, len(pairs), screen)
    best = _best(rows, screen)
    _show_gold(gold, screen)
    if evaluation.long:
        screen.text(
            f"{evaluation.long:,} of {2 * len(pairs):,} sentences were longer than --max-length ({config.on_long})."
        )
    if config.calibration is not None:
        config.calibration.parent.mkdir(parents=True, exist_ok=True)
        fit_scores(evaluation, pairs, gold.links).write(config.calibration)
    return finish(
        config,
        {
            "source": config.source,
            "target": config.target,
            "sentences": list(map(str, config.sentences)),
            "gold": str(config.gold),
            "dictionary": list(map(str, config.dictionary)),
            "unit": config.unit,
            "on_long": config.on_long,
            "n": len(pairs),
            "long": evaluation.long,
            "gold_links": _about_gold(gold),
            "results": rows,
            "best": best,
        },
    )


def _dictionary(config: AlignmentConfig, pairs: "list[WordedPair]") -> "Known | None":
    """What the dictionaries list and link in the sentences, if any were named."""
    if not config.dictionary:
        return None
    from vecocli.mining.known import known_words
    from vecocli.text.thesaurus import Thesaurus

    thesaurus = Thesaurus.load(
        config.dictionary,
        config.source,
        config.target,
        format=config.dictionary_format,
        reverse=config.reverse_dictionary,
    )
    return known_words(thesaurus, pairs)


def _show(config: AlignmentConfig, rows: list[dict[str, Any]], pairs: int, screen: Screen) -> None:
    """Show the scores; only AER where both aligners and layers are several."""
    title = f"Word alignment {config.source}-{config.target}, {pairs:,} sentence pairs"
    aligners, layers = (list(dict.fromkeys(row[key] for row in rows)) for key in ("aligner", "layer"))
    numbers = [layer for layer in layers if layer is not None]
    if len(numbers) > 1 and len(aligners) > 1:
        found = {(row["aligner"], row["layer"]): row["aer"] for row in rows}
        names = [name for name in aligners if (name, None) not in found]
        table = [(layer, *(found[name, layer] for name in names)) for layer in numbers]
        screen.table(f"{title}: AER", ("layer", *names), table)
        rows = [row for row in rows if row["layer"] is None]
        title = "By the dictionary alone"
    if rows:
        screen.table(title, ("aligner", "layer", *COLUMNS), [tuple(row.values()) for row in rows])


def _best(rows: list[dict[str, Any]], screen: Screen) -> dict[str, Any] | None:
    """Name the aligner and layer with the lowest AER; None where there was no choice."""
    rows = [row for row in rows if row["layer"] is not None]
    if len(rows) < 2:
        return None
    best = min(rows, key=lambda row: row["aer"])
    screen.text(
        f"Best by AER: {best['aligner']} at layer {best['layer']}. It was chosen on {THEMSELVES}: confirm it on other "
        "data."
    )
    return {"aligner": best["aligner"], "layer": best["layer"], "by": "AER", "chosen_on": THEMSELVES}


def _about_gold(gold: "Gold") -> dict[str, Any]:
    """What the document says of the gold."""
    return {
        "sure": sum(len(row.sure) for row in gold.links),
        "sure_or_possible": sum(len(row.possible) for row in gold.links),
        "dropped": gold.dropped,
        "base": gold.base,
        "base_from": gold.base_from,
    }


def _show_gold(gold: "Gold", screen: Screen) -> None:
    """Say how the gold counts and what of it was left out."""
    screen.text(f"The gold counts words from {gold.base} ({gold.base_from}).")
    if gold.dropped:
        screen.text(f"{gold.dropped:,} of its links point outside their sentences and were left out.")

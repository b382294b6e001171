"""Run tasks of the XTREME benchmark on local data: tatoeba, sentence retrieval in up to 36 languages.

Scores every language whose files are in --data and names those that are missing. Tatoeba files are LASER's
(tatoeba.deu-eng.deu and .eng) or XTREME's (de-en.de and .en, with LASER's English file for the order).
XTREME's own score is the direction en->xx. Scores are in percent.
"""

from typing import TYPE_CHECKING, Any

from vecocli import registry
from vecocli.commands.evaluate._common import (
    best_layer,
    both_ways,
    check_out,
    finish,
    layer_row,
    open_encoder,
    say_truncated,
)
from vecocli.config.evaluation import XtremeConfig
from vecocli.console import Screen

if TYPE_CHECKING:
    from vecocli.xtreme.evaluate import TaskResult
    from vecocli.xtreme.retrieve import RetrievalScore

CONFIG = XtremeConfig
EXAMPLE = """
    veco evaluate xtreme intfloat/multilingual-e5-small --tasks tatoeba --data download/tatoeba --languages de,fr,sw
"""
DIRECTIONS = ("en->xx", "xx->en")


def run(config: XtremeConfig, screen: Screen) -> dict[str, Any]:
    """Score each task, show its languages."""
    check_out(config)
    from vecocli.xtreme.evaluate import collect, evaluate_task

    tasks = [registry.get("vecocli.xtreme.tasks", name).TASK for name in dict.fromkeys(config.tasks)]
    data = [collect(task, config.data, config.languages) for task in tasks]
    encoder, layers = open_encoder(config)
    documents = {}
    for task, (texts, missing) in zip(tasks, data, strict=True):
        with screen.progress(task.name) as progress:
            result = evaluate_task(
                encoder,
                texts,
                missing,
                layers=layers,
                pooling=config.pooling,
                max_length=config.max_length,
                precision=config.precision,
                progress=progress,
            )
        documents[task.name] = {"metric": task.metric, "direction": DIRECTIONS[0], **_show(task.name, result, screen)}
    return finish(config, {"data": str(config.data), "pooling": config.pooling, "tasks": documents})


def _show(name: str, result: "TaskResult", screen: Screen) -> dict[str, Any]:
    """Show one task and return its part of the document."""
    if len(result.average) > 1:
        columns = ("layer", *DIRECTIONS, "MEXA")
        screen.table(
            f"{name}: mean over {len(result.languages)} languages", columns, [_cells(s) for s in result.average]
        )
    best = best_layer(both_ways(result.average), "mean accuracy", screen)
    slot = next((i for i, score in enumerate(result.average) if best and score.layer == best["layer"]), 0)
    rows: list[tuple[object, ...]] = [
        (code, one.n, *_cells(one.layers[slot])[1:]) for code, one in result.languages.items()
    ]
    rows.append(("mean", None, *_cells(result.average[slot])[1:]))
    title = f"{name}: layer {result.average[slot].layer}"
    screen.table(title, ("language", "pairs", *DIRECTIONS, "MEXA"), rows)
    if result.missing:
        screen.text(f"Not scored and not in the mean, for want of data: {', '.join(result.missing)}")
    texts = sum(2 * one.n for one in result.languages.values())
    say_truncated(sum(one.truncated for one in result.languages.values()), texts, screen)
    return {
        "languages": {
            code: {
                "n": one.n,
                "layout": one.layout,
                "truncated": one.truncated,
                "layers": [layer_row(score, *DIRECTIONS) for score in one.layers],
            }
            for code, one in result.languages.items()
        },
        "missing": result.missing,
        "average": {
            "over": list(result.languages),
            "layers": [layer_row(score, *DIRECTIONS) for score in result.average],
        },
        "best": best,
    }


def _cells(score: "RetrievalScore") -> tuple[int, float, float, float]:
    return score.layer, score.forward, score.backward, score.mexa

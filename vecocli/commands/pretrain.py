"""Continue pre-training an encoder on mined pairs: MLM, TLM, sequence and token alignment.

Starts from any Hugging Face encoder (--model) or from nothing (--from-scratch). The result folder opens with
AutoModel.from_pretrained and holds run.yaml, which repeats the run.
"""

from typing import TYPE_CHECKING, Any

from vecocli.config.pretraining import PretrainConfig
from vecocli.console import Meter, Screen

if TYPE_CHECKING:
    from vecocli.training.loop import Report

CONFIG = PretrainConfig
EXAMPLE = """
    veco pretrain mined/en-de mined/en-fr --model xlm-roberta-base --out runs/aligned --steps 20000
"""
MUCH_WAITING = 0.05
"""Share of the time from which waiting for data is worth a word."""


def run(config: PretrainConfig, screen: Screen) -> dict[str, Any]:
    """Train and show where the model is."""
    from vecocli.training.pretrain import pretrain

    with screen.progress("training") as meter:
        result = pretrain(config, lambda report: _show(config, meter, report), screen.note)
    screen.text(f"{result.steps:,} steps in {result.seconds:,.0f} s; the model is in {result.folder}")
    if result.skipped:
        screen.text(f"{result.skipped:,} of the steps were skipped: their loss or gradient was not finite.")
    if result.data_wait > MUCH_WAITING:
        screen.text(f"{100 * result.data_wait:.0f} % of the time went by in waiting for data.")
    names = config.objective_names
    screen.table("Loss at the end", names, [[f"{result.figures.get(name, 0.0):.3f}" for name in names]])
    return {"model": str(result.folder), **result.facts}


def _show(config: PretrainConfig, meter: Meter, report: "Report") -> None:
    figures = report.figures
    shown = [f"{name} {figures[name]:.3f}" for name in config.objective_names if name in figures]
    losses = " ".join([*shown, *([f"skipped {figures['skipped']:.0f}"] if figures["skipped"] else [])])
    if config.minutes is None:
        meter(report.step, config.steps, losses)
    else:
        meter(round(figures["seconds"]), round(60 * config.minutes), losses)

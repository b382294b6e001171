"""Continue pre-training an encoder on mined pairs: MLM, TLM, sequence and token alignment.

Starts from any Hugging Face encoder (--model) or from nothing (--from-scratch). The result folder opens with
AutoModel.from_pretrained and holds run.yaml, which repeats the run.
"""

from typing import TYPE_CHECKING, Any

from vecocli.commands._training import show_plan, show_result
from vecocli.config.pretraining import PretrainConfig
from vecocli.console import Meter, Screen

if TYPE_CHECKING:
    from vecocli.training.loop import Report

CONFIG = PretrainConfig
EXAMPLE = """
    veco pretrain mined/en-de mined/en-fr --model xlm-roberta-base --out runs/aligned --steps 20000
"""


def run(config: PretrainConfig, screen: Screen) -> dict[str, Any]:
    """Train and show where the model is; or show what that would take."""
    from vecocli.training.launched import leave

    if config.dry_run:
        from vecocli.training.plan import plan

        planned = plan(config, screen.note)
        leave()
        show_plan(planned, screen)
        return planned.document()
    from vecocli.training.pretrain import pretrain

    with screen.progress("training") as meter:
        result = pretrain(config, lambda report: _show(config, meter, report), screen.note)
    leave()
    show_result(result, config.objective_names, screen)
    return {"model": str(result.folder), **result.facts}


def _show(config: PretrainConfig, meter: Meter, report: "Report") -> None:
    figures = report.figures
    shown = [f"{name} {figures[name]:.3f}" for name in config.objective_names if name in figures]
    losses = " ".join([*shown, *([f"skipped {figures['skipped']:.0f}"] if figures["skipped"] else [])])
    if config.minutes is None:
        meter(report.step, config.steps, losses)
    else:
        meter(round(figures["seconds"]), round(60 * config.minutes), losses)

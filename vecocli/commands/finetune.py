"""Fine-tune an encoder on a task of XTREME, as its scripts do: English data, the best on English dev.

Tasks: xnli, pawsx (classification), udpos, panx (tagging), xquad, mlqa, tydiqa (questions). Epochs, rate and lengths
are XTREME's unless flags say otherwise. The folder opens with transformers' own AutoModelFor... classes.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from vecocli.config.finetuning import FinetuneConfig
from vecocli.console import Meter, Screen

if TYPE_CHECKING:
    from vecocli.training.loop import Report
    from vecocli.training.tuned import Finetuned

CONFIG = FinetuneConfig
EXAMPLE = """
    veco finetune udpos runs/aligned --data download --out runs/udpos --seeds 1,2,3
"""


def run(config: FinetuneConfig, screen: Screen) -> dict[str, Any]:
    """Train one run a seed, and show what each gave."""
    from vecocli.training.finetune import finetune
    from vecocli.training.launched import leave

    results = []
    for one in [config.of_seed(seed) for seed in config.seeds] or [config]:
        with screen.progress(f"{one.task}, seed {one.seed}") as meter:
            result = finetune(one, partial(_show, meter), screen.note)
        results.append((one.seed, result))
    leave()
    rows = [(seed, result.steps, result.seconds, result.kept, _score(result)) for seed, result in results]
    screen.table(f"{config.task}", ("seed", "steps", "seconds", "kept", "score on dev"), rows)
    screen.text(f"The {'models are' if len(results) > 1 else 'model is'} in {config.out}")
    runs = [{"seed": seed, "model": str(result.folder), **result.facts} for seed, result in results]
    return {"task": config.task, "runs": runs}


def _show(meter: Meter, steps: int, report: "Report") -> None:
    meter(report.step, steps, f"loss {report.figures['loss']:.3f}" if "loss" in report.figures else "")


def _score(result: "Finetuned") -> float | None:
    """The score of the model that was kept."""
    if result.best is None:
        return None
    return float(result.best["value"] if result.kept == "best" else result.evaluations[-1]["eval/score"])

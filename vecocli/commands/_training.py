"""How a run of `veco pretrain` is shown: its plan, and what it gave."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vecocli.console import Screen

if TYPE_CHECKING:
    from vecocli.training.plan import Plan
    from vecocli.training.result import Pretrained

MUCH_WAITING = 0.05
"""Share of the time from which waiting for data is worth a word."""
CORPUS = ("rows", "share %", "planned", "read", "epochs")


def show_plan(plan: "Plan", screen: Screen) -> None:
    """Show what a run would do and cost."""
    memory = plan.memory
    parts = ("weights", "gradients", "optimiser", "states")
    rows = [
        ("parameters", f"{plan.parameters:,}, {plan.trained:,} of them trained"),
        ("steps", f"{plan.steps:,} of {plan.pairs:,} sentence pairs"),
        ("a step reads", f"{plan.tokens:,.0f} sub-words; {100 * plan.padding:.1f} % of the places are padding"),
        ("forward passes", f"{plan.runs:.1f} inputs for each pair, in {plan.parts:.1f} passes a step"),
        ("memory", f"{_size(memory.total)}: " + ", ".join(f"{_size(getattr(memory, part))} {part}" for part in parts)),
        ("time", f"{_time(plan.seconds)}, {plan.step_seconds:.2f} s a step, without checkpoints and evaluations"),
    ]
    screen.table("The run as planned", ("", ""), rows)
    _show_corpora("Sentence pairs", [one._asdict() for one in plan.languages], screen)
    _show_corpora("Monolingual text", [one._asdict() for one in plan.mono], screen)
    screen.text(
        f"Measured on {plan.device} by two steps in memory, whose weights are thrown away; `states` is what autograd "
        "kept at the most full moment of the step with the largest pass. Nothing was written."
    )


def show_result(result: "Pretrained", objectives: Sequence[str], screen: Screen) -> None:
    """Show what a run gave."""
    screen.text(f"{result.steps:,} steps in {result.seconds:,.0f} s; the model is in {result.folder}")
    if result.skipped:
        screen.text(f"{result.skipped:,} of the steps were skipped: their loss or gradient was not finite.")
    if result.data_wait > MUCH_WAITING:
        screen.text(f"{100 * result.data_wait:.0f} % of the time went by in waiting for data.")
    if any(name in result.figures for name in objectives):
        losses = [f"{result.figures[name]:.3f}" if name in result.figures else "" for name in objectives]
        screen.table("Loss at the end", objectives, [losses])
    _show_corpora("Sentence pairs", result.languages, screen)
    _show_corpora("Monolingual text", result.mono, screen)
    if result.best is not None:
        _show_evaluations(result.evaluations, result.best, screen)
        screen.text(f"The best model by {result.best['metric']} is in {result.folder / 'best'}.")


def _show_corpora(title: str, corpora: Sequence[Mapping[str, Any]], screen: Screen) -> None:
    rows = [
        (one["name"], one["rows"], 100 * one["share"], one["planned"], one["read"], f"{one['epochs']:.2f}")
        for one in corpora
    ]
    if rows:
        screen.table(title, ("", *CORPUS), rows)


def _show_evaluations(evaluations: Sequence[Mapping[str, float]], best: Mapping[str, Any], screen: Screen) -> None:
    """Show the first, the best and the last one."""
    from vecocli.training.watch import TITLES

    names = [name for name in TITLES if f"eval/{name}" in evaluations[0]]
    chosen = {int(one["step"]): one for one in evaluations}
    steps = dict.fromkeys([min(chosen), best["step"], max(chosen)])
    rows = [
        (step, *(chosen[step][f"eval/{name}"] for name in names), "best" if step == best["step"] else "")
        for step in sorted(steps)
        if step in chosen
    ]
    screen.table("Held-out text", ("step", *(TITLES[name] for name in names), ""), rows)


def _size(count: int) -> str:
    return f"{count / 1e9:.2f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{seconds / 60:.1f} min"

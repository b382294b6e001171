"""The demo's table as a picture."""

from collections.abc import Mapping
from pathlib import Path

from vecocli.demo.measure import ModelScores
from vecocli.errors import MissingError

PANELS = (("retrieval", "Sentence retrieval, mean of both directions (%)"), ("synonyms", "Synonym accuracy (%)"))


def require_matplotlib() -> None:
    """Check for matplotlib before anything is trained.

    Raises:
        MissingError: It is not installed.
    """
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise MissingError("the demo's chart needs matplotlib", "Install it with: pip install 'vecocli[demo]'")


def draw(arms: Mapping[str, ModelScores], path: Path) -> None:
    """Write a PNG: one panel per measure, one group of bars per language, one bar per arm."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 6.5), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    width = 0.8 / len(arms)
    for axes, (measure, title) in zip(figure.subplots(2, 1), PANELS, strict=True):
        for slot, (arm, scores) in enumerate(arms.items()):
            shown = {**scores.languages, "average": scores.average()}
            heights = [getattr(score, measure) for score in shown.values()]
            places = [index + (slot - (len(arms) - 1) / 2) * width for index in range(len(shown))]
            bars = axes.bar(places, heights, width, label=arm, color=("#b8bec6", "#4c8bc0", "#e07b39")[slot % 3])
            axes.bar_label(bars, fmt="%.0f", fontsize=7, padding=1)
            axes.set_xticks(range(len(shown)), list(shown))
        axes.set_title(title, loc="left", fontsize=11)
        axes.set_ylim(0, 105)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].legend(frameon=False, ncols=len(arms), loc="upper right")
    canvas.print_png(path)  # type: ignore[no-untyped-call]

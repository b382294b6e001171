"""What each objective brings: arms of `veco pretrain` with the same data, steps and seeds, and what they score.

    python benchmarks/ablation.py MINED --model ENCODER --steps 400 --out runs/e5 \
        --tatoeba TATOEBA --gold de en de-en.src-tgt de-en.gold --gold en fr ... --udpos UDPOS

MINED is a folder of what `veco mine-synonyms` wrote. Scores: Tatoeba retrieval (P@1, mean of both directions and of the
languages, mean pooling), word alignment (AER of argmax), both at the layer that is best for the run, and zero-shot
part-of-speech tagging (accuracy of a linear probe fitted on English, mean of the other languages, two thirds up the
layers). Run again, it goes on where it stopped. The table shows the mean over seeds and half the width of the 95 %
confidence interval (Student's t); the chart has the same figures. `+` arms add to MLM and TLM. All arms take the same
steps on the same pairs, and so not the same time: an objective may need a forward pass of its own. Where the encoder
comes without a masked-language head, arms with MLM or TLM begin with a random one. --workers arms are trained side by
side and share the cores.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import shutil
import statistics
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from rounds import setting

from vecocli.console import Screen

ALL = {"objectives": "mlm,tlm,sequence,token"}
ALONE = {"objectives": "sequence,token"}
ARMS: dict[str, dict[str, Any]] = {
    "MLM": {"objectives": "mlm"},
    "MLM, TLM": {"objectives": "mlm,tlm"},
    "+ sequence": {"objectives": "mlm,tlm,sequence"},
    "+ token": {"objectives": "mlm,tlm,token"},
    "+ sequence, token": ALL,
    "sequence, token alone": ALONE,
    "alone, dictionary's links": {**ALONE, "token_links": "dictionary"},
    "alone, own links": {**ALONE, "token_links": "self"},
    "all, dictionary's links": {**ALL, "token_links": "dictionary"},
    "all, own links": {**ALL, "token_links": "self"},
    "all, other side repels": {**ALL, "token_negatives": "other-side"},
    "all, batch repels": {**ALL, "token_negatives": "batch"},
    "all, repeats repel": {**ALL, "token_repeats": "repel"},
    "all, token t = 0.05": {**ALL, "token_temperature": 0.05},
    "all, token t = 0.2": {**ALL, "token_temperature": 0.2},
    "all, sequence t = 0.1": {**ALL, "sequence_temperature": 0.1},
    "all, words are units": {**ALL, "token_units": "word"},
    "all, sub-words are units": {**ALL, "token_units": "sub-word"},
    "all, SO, CO": {"objectives": "mlm,tlm,sequence,token,self-training,consistency"},
    "sequence, token, SO, CO": {"objectives": "sequence,token,self-training,consistency"},
}
"""Settings of `veco pretrain` by arm."""
START = "before"
STUDENT = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78}  # 97.5 % quantiles of Student's t, by number of seeds


def main() -> None:
    """Train and score what is missing, then write table and chart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mined", type=Path)
    parser.add_argument("--model", help="encoder to start from; without it, a new one of --size")
    parser.add_argument("--size", default="small")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--seeds", type=int, default=3, choices=[1, *STUDENT])
    parser.add_argument("--arms", default=";".join(ARMS), help="names, separated by semicolons")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="arms trained at the same time")
    parser.add_argument("--tatoeba", type=Path, required=True)
    parser.add_argument("--tatoeba-languages", default="", help="such as de,fr; default: all that are there")
    parser.add_argument("--gold", nargs=4, action="append", metavar=("SOURCE", "TARGET", "SENTENCES", "LINKS"))
    parser.add_argument("--udpos", type=Path)
    parser.add_argument("--more", default="", help="further settings of veco pretrain: 'token_units: sub-word'")
    args = parser.parse_args()
    arms = [START, *args.arms.split(";")]
    args.out.mkdir(parents=True, exist_ok=True)
    os.environ |= {"OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // args.workers)), "OMP_WAIT_POLICY": "PASSIVE"}
    # seed by seed, so that what is there after a while can be compared; a given encoder is the same whatever the seed
    jobs = [(arm, seed) for seed in range(args.seeds) for arm in arms if arm != START or not args.model or seed == 0]
    with ProcessPoolExecutor(args.workers, multiprocessing.get_context("spawn")) as pool:
        running = {job: pool.submit(_scored, args, *job) for job in jobs}
        scores = {job: one.result() for job, one in running.items()}
    found = {arm: [score for (name, _), score in scores.items() if name == arm] for arm in arms}
    table = _table(args, found)
    (args.out / "table.md").write_text(table, encoding="utf-8")
    _chart(found, args.out / "chart.png")
    print(table)


def _scored(args: argparse.Namespace, arm: str, seed: int) -> dict[str, float]:
    """Return an arm's scores, trained and scored if that was not done before."""
    start = {"model": args.model} if args.model else {"from_scratch": args.size}
    steps = {"steps": 0 if arm == START else args.steps, "batch_size": args.batch_size, "seed": seed}
    settings = {"mined": [str(args.mined)], **start, **steps, **(yaml.safe_load(args.more) or {}), **ARMS.get(arm, ALL)}
    scored_by = [args.tatoeba, args.tatoeba_languages, args.gold, args.udpos]
    made = hashlib.blake2b(json.dumps([settings, scored_by], default=str).encode(), digest_size=4).hexdigest()
    file = args.out / f"{''.join(letter if letter.isalnum() else '-' for letter in arm)}-{seed}-{made}.json"
    if not file.exists():
        run = file.with_suffix("")
        _veco("pretrain", **settings, out=run, overwrite=True)
        scores = _scores(args, run)
        file.write_text(json.dumps(scores, indent=1), encoding="utf-8")
        shutil.rmtree(run)
        print(f"{arm}, seed {seed}: {scores}", file=sys.stderr)
    found: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _scores(args: argparse.Namespace, model: Path) -> dict[str, float]:
    """Score a model; each score at the layer that is best for it."""
    both: dict[str, Any] = {"model": str(model), "layer": "all", "precision": "bf16"}
    tatoeba = {"data": args.tatoeba, "languages": args.tatoeba_languages or []}
    averages = _veco("evaluate.xtreme", **both, **tatoeba, tasks="tatoeba")["tasks"]["tatoeba"]["average"]["layers"]
    by_layer = {row["layer"]: (row["en->xx"] + row["xx->en"]) / 2 for row in averages}
    scores = {"retrieval": max(by_layer.values()), "retrieval, last layer": by_layer[max(by_layer)]}
    for source, target, sentences, links in args.gold or ():
        gold = {"source": source, "target": target, "sentences": [sentences], "gold": links}
        found = _veco("evaluate.alignment", **both, **gold, aligner="argmax")
        scores[f"AER {source}-{target}"] = min(row["aer"] for row in found["results"])
    if args.udpos:
        scores["POS"] = _tagging(model, args.udpos)
    return scores


def _tagging(model: Path, folder: Path) -> float:
    from probe import tagging

    from vecocli.encoder.encoder import Encoder

    encoder = Encoder.load(model)
    tests = {path.stem.partition("-")[2]: path for path in sorted(folder.glob("test-*.tsv"))}
    tests.pop("en", None)
    found = tagging(encoder, encoder.aligning_layer, folder / "train-en.tsv", tests, 500)
    return statistics.fmean(found.values())


def _veco(command: str, **settings: Any) -> Any:
    """Run a command of veco in this process and return its document."""
    module = import_module(f"vecocli.commands.{command}")
    return module.run(module.CONFIG.resolve(settings), Screen(as_json=False, quiet=True, mute=True))


def _interval(values: Sequence[float]) -> tuple[float, float]:
    """Mean, and half the width of its 95 % confidence interval."""
    if len(values) < 2:
        return values[0], 0.0
    return statistics.fmean(values), STUDENT[len(values)] * statistics.stdev(values) / len(values) ** 0.5


def _table(args: argparse.Namespace, found: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    measures = list(found[START][0])
    start = args.model or f"scratch ({args.size})"
    head = f"From {start}, {args.steps} steps of {args.batch_size} pairs, {args.seeds} seeds. {setting('torch')}."
    lines = [head, "", f"| arm | {' | '.join(measures)} |", "|---" * (len(measures) + 1) + "|"]
    for arm, runs in found.items():
        cells = []
        for measure in measures:
            mean, half = _interval([run[measure] for run in runs])
            cells.append(f"{mean:.1f} ± {half:.1f}" if half else f"{mean:.1f}")
        lines.append(f"| {arm} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _chart(found: Mapping[str, Sequence[Mapping[str, float]]], path: Path) -> None:
    """One panel per measure, one point per arm with its interval."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    measures, arms = list(found[START][0]), list(found)[::-1]
    figure = Figure(figsize=(3.2 * len(measures), 0.8 + 0.32 * len(arms)), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    for axes, measure in zip(figure.subplots(1, len(measures), sharey=True), measures, strict=True):
        means, halves = zip(*(_interval([run[measure] for run in found[arm]]) for arm in arms), strict=True)
        axes.errorbar(means, range(len(arms)), xerr=halves, fmt="o", color="#4c8bc0", capsize=2)
        axes.axvline(means[-1], color="#b8bec6", lw=1)  # before training
        axes.set_title(f"{measure}{' (lower is better)' if measure.startswith('AER') else ''}", loc="left", fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_yticks(range(len(arms)), arms)
    canvas.print_png(path)


if __name__ == "__main__":
    main()

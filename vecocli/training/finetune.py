"""Fine-tuning on a task: English examples -> a Hugging Face folder with the task's head."""

import shutil
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import torch

from vecocli import registry
from vecocli.config.finetuning import FinetuneConfig
from vecocli.encoder.checkpoint import OLDER, replace_files
from vecocli.encoder.devices import choose_precision
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.modes import recompute
from vecocli.encoder.packing import forget
from vecocli.encoder.task_model import TaskModel
from vecocli.errors import DataError, UsageError
from vecocli.training.best import BEST, Best
from vecocli.training.gather import on_first
from vecocli.training.launched import join
from vecocli.training.length import LoopSettings
from vecocli.training.loop import Loop, Report
from vecocli.training.lora import FOLDER, Adapters, need_peft
from vecocli.training.runs import Run
from vecocli.training.schedule import Plan, lengths_of, planned
from vecocli.training.task_batches import TaskBatches
from vecocli.training.task_data import TaskData, read_task
from vecocli.training.task_gradients import loss_and_right, task_gradients
from vecocli.training.task_output import TaskOutput
from vecocli.training.trackers import tracking
from vecocli.training.tuned import FACTS, Finetuned
from vecocli.training.watch import Watch
from vecocli.xtreme.feature import Feature
from vecocli.xtreme.kinds import cut, head_of, predict, score
from vecocli.xtreme.score import shown
from vecocli.xtreme.task import TunedTask

BETAS, EPS = (0.9, 0.999), 1e-8  # AdamW's in XTREME's scripts


def task_named(name: str) -> TunedTask:
    """Return a task that models are fine-tuned for.

    Raises:
        UsageError: There is none of that name.
    """
    task = registry.get("vecocli.xtreme.tasks", name).TASK
    if not isinstance(task, TunedTask):
        raise UsageError(f"{name} has no training data: nothing is fine-tuned for it", "Run: veco evaluate xtreme.")
    return task


def finetune(
    config: FinetuneConfig,
    report: Callable[[int, Report], None] = lambda steps, report: None,
    note: Callable[[str], None] = lambda text: None,
) -> Finetuned:
    """Train as the configuration says and leave a Hugging Face folder.

    Args:
        config: The resolved settings, of one run: `seeds` is not read.
        report: Called after each logged step, with the number of steps.
        note: Called with what a user should know.

    Raises:
        VecoError: Unusable settings, data or model; a loss that is not finite; a request to stop.
    """
    task = task_named(config.task)
    if config.lora_rank:
        need_peft()
    with closing(Run.open(config)) as run:
        facts, accelerator = run.finished(FACTS), join(config)
        if facts is not None:
            return Finetuned(config.out, **facts)
        return _finetune(task, run, accelerator, report, note)


def _finetune(
    task: TunedTask,
    run: Run[FinetuneConfig],
    accelerator: Any,
    report: Callable[[int, Report], None],
    note: Callable[[str], None],
) -> Finetuned:
    config, first = run.settings, accelerator.is_main_process
    data = read_task(task, config, note)
    model, adapters = _opened(task, config, run.checkpoint, accelerator.device)
    lengths = lengths_of(task, config, model.encoder)
    features = [cut(task, model.encoder.tokens, examples, lengths).features for examples in data.train.values()]
    _freeze_unreached(model, features[0][:1])
    plan = planned(task, config, sum(map(len, features)), lengths, evaluates=bool(data.dev))
    output = TaskOutput(config, task, model.encoder, adapters, data.rows)
    watch = _watch(task, config, model, data, plan, note) if data.dev else None
    loop = _loop(config, model, features, plan, accelerator, output, data, watch, report)
    if run.checkpoint:
        loop.resume(run.checkpoint)
    if first:
        run.begin(loop.step, note)
    with tracking(accelerator, config):
        loop.train()
    kept = "best" if plan.keep == "best" and watch and watch.best.record else "last"
    fill = partial(_copy, config.out / BEST) if kept == "best" else loop.saver()
    on_first(lambda: replace_files(config.out, fill), accelerator.device)
    result = Finetuned.of(config, task, loop, data, kept)
    if first:
        run.finish(result.facts)
        shutil.rmtree(config.out / BEST, ignore_errors=True)  # it is the model itself now, or was not asked for
    return result


def _freeze_unreached(model: TaskModel, features: list[Feature]) -> None:
    """Leave out of training what the head does not read, a pooler say: data parallelism waits for every gradient."""
    batches = TaskBatches([features], 1, 2**30, model.encoder.tokens.pad_id, 0, on_cpu=True)
    part = batches(0)[0].to(model.encoder.device)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    with torch.random.fork_rng():
        loss, _ = loss_and_right(model(part.inputs), part)
    for weight, slope in zip(weights, torch.autograd.grad(loss, weights, allow_unused=True), strict=True):
        weight.requires_grad_(slope is not None)


def _copy(model: Path, folder: Path) -> None:
    shutil.copytree(model, folder, dirs_exist_ok=True)


def _opened(
    task: TunedTask, config: FinetuneConfig, checkpoint: Path | None, device: torch.device
) -> tuple[TaskModel, Adapters | None]:
    """Open the encoder with a head, or a checkpoint's model; with adapters where these are trained."""
    head = head_of(task)
    start = config.model if config.lora_rank or checkpoint is None else checkpoint
    with torch.random.fork_rng():
        torch.manual_seed(config.seed)  # decides the weights of a new head
        try:
            encoder = Encoder.load(start, trust_remote_code=config.trust_remote_code, dropout=config.dropout, head=head)
        except DataError as error:
            if start != checkpoint:
                raise
            raise DataError(error.message, OLDER) from None  # what a checkpoint needs is another one
    encoder = encoder.to(device)
    adapters = Adapters.add(encoder, config, config.seed) if config.lora_rank else None
    if adapters and checkpoint:
        adapters.load(checkpoint / FOLDER)
    if config.gradient_checkpointing:
        recompute(encoder)
    return TaskModel(encoder, head, choose_precision(config.precision, device)), adapters


def _loop(
    config: FinetuneConfig,
    model: TaskModel,
    features: list[list[Feature]],
    plan: Plan,
    accelerator: Any,
    output: TaskOutput,
    data: TaskData,
    watch: Watch | None,
    report: Callable[[int, Report], None],
) -> Loop:
    settings = LoopSettings(
        steps=plan.steps,
        minutes=None,
        peak_rate=plan.learning_rate,
        warmup=plan.warmup,
        schedule=config.schedule,
        weight_decay=plan.weight_decay,
        clip=config.clip,
        log_every=config.log_every,
        save_every=config.save_every,
        save_total_limit=config.save_total_limit,
        max_skipped=config.max_skipped,
        seed=config.seed,
        betas=BETAS,
        eps=EPS,
    )
    batches = TaskBatches(
        features,
        config.batch_size,
        config.tokens_per_batch,
        model.encoder.tokens.pad_id,
        config.seed,
        on_cpu=accelerator.device.type == "cpu",
    )
    return Loop(
        accelerator,
        model,
        task_gradients,
        batches,
        settings,
        config.out,
        output.ready,
        lambda one: report(plan.steps, one),
        rows=data.rows,
        watch=watch,
    )


def _watch(
    task: TunedTask,
    config: FinetuneConfig,
    model: TaskModel,
    data: TaskData,
    plan: Plan,
    note: Callable[[str], None],
) -> Watch:
    def evaluate() -> dict[str, float]:
        training = model.training
        with torch.random.fork_rng():
            found = predict(task, model, data.dev, plan.lengths)
        forget(model)
        model.train(training)
        measures = score(task, data.dev, found.values, data.dev_language)["xtreme"]
        return {"eval/score": shown(measures)} | {f"eval/{name}": one.value for name, one in measures.items()}

    return Watch(evaluate, Best(config.out, config.chosen_by), plan.every, lambda: None, note)

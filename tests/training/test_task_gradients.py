import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.opening import TaskHead
from vecocli.encoder.task_model import TaskModel
from vecocli.encoder.tokens import TextTokenizer
from vecocli.training.launched import join
from vecocli.training.task_batches import TaskBatches
from vecocli.training.task_gradients import task_gradients
from vecocli.xtreme import answer, classify, tag
from vecocli.xtreme.data import Answer, Question, TaggedSentence, TextPair
from vecocli.xtreme.feature import Feature, Lengths

WORDS = ("The", "cat", "sees", "the", "old", "green", "house", ".", "Wörter", "größer", "Кошка", "猫", "は", "家")
LABELS = {"classify": ("a", "b"), "tag": ("X", "Y"), "answer": ()}
KINDS = ("classify", "tag", "answer")
STEP = """
import sys
import test_task_gradients
test_task_gradients.save(*sys.argv[1:])
"""


def features(kind: str, tokens: TextTokenizer, count: int = 10) -> list[Feature]:
    """Inputs of unlike lengths, with targets."""
    texts = [" ".join(WORDS[at % 5 : at % 5 + 2 + at]) for at in range(count)]
    if kind == "classify":
        pairs = [TextPair(text, text[::2], "ab"[at % 2]) for at, text in enumerate(texts)]
        return classify.cut(tokens, pairs, ("a", "b"), Lengths(64)).features
    if kind == "tag":
        tagged = [
            TaggedSentence(tuple(text.split()), tuple("XY"[len(word) % 2] for word in text.split())) for text in texts
        ]
        return tag.cut(tokens, tagged, ("X", "Y"), Lengths(64)).features
    asked = [
        Question(str(at), "Who?", text, (Answer(text.split()[1], text.index(" ") + 1),))
        for at, text in enumerate(texts)
    ]
    return answer.cut(tokens, asked, (), Lengths(64)).features


def fresh(folder: Path, kind: str) -> TaskModel:
    head = TaskHead(kind, LABELS[kind])  # type: ignore[arg-type]
    torch.manual_seed(5)
    return TaskModel(Encoder.load(folder, head=head, dropout=0.0), head).train()


def step(folder: Path, kind: str, run: Path, tokens_per_batch: int = 4096) -> tuple[dict[str, float], torch.Tensor]:
    """Figures and the whole gradient of a step of 7 inputs."""
    from vecocli.config.finetuning import FinetuneConfig

    config = FinetuneConfig(task="xnli", model="m", data="d", out=run)
    accelerator = join(config)
    model = fresh(folder, kind)
    made = features(kind, model.encoder.tokens)
    batches = TaskBatches([made[:6], made[6:]], 7, tokens_per_batch, model.encoder.tokens.pad_id, 3, on_cpu=True)
    wrapped = accelerator.prepare(model)
    figures = task_gradients(accelerator, wrapped, batches(2), lambda number: None)
    gradient = torch.cat([w.grad.flatten() for w in model.parameters() if w.grad is not None])
    return {name: float(value) for name, value in figures.items()}, gradient


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_is_the_mean_over_its_terms_whatever_the_passes(kind: str, tiny_model: Path, tmp_path: Path) -> None:
    figures, gradient = step(tiny_model, kind, tmp_path)
    parted, same = step(tiny_model, kind, tmp_path, tokens_per_batch=24)
    assert parted == pytest.approx(figures, rel=1e-6)
    torch.testing.assert_close(same, gradient, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_is_that_of_transformers_own_class(kind: str, tiny_model: Path, tmp_path: Path) -> None:
    figures, gradient = step(tiny_model, kind, tmp_path)
    model = fresh(tiny_model, kind)
    made = features(kind, model.encoder.tokens)
    batches = TaskBatches([made[:6], made[6:]], 7, 4096, model.encoder.tokens.pad_id, 3, on_cpu=True)
    total, terms, right = torch.zeros(()), 0, 0
    for part in batches(2):
        for row in range(len(part.inputs.ids)):
            long = int(part.inputs.mask[row].sum())
            found = model.encoder.model(part.inputs.ids[row : row + 1, :long])
            target = part.targets[row]
            if kind == "answer":
                pair = torch.stack([found.start_logits[0], found.end_logits[0]])
                total = total + F.cross_entropy(pair, target)
                terms, right = terms + 1, right + bool((pair.argmax(1) == target).all())
            else:
                logits = found.logits[0] if kind == "tag" else found.logits
                labels = target[:long] if kind == "tag" else target.reshape(1)
                total = total + F.cross_entropy(logits, labels, ignore_index=-100, reduction="sum")
                terms += int((labels != -100).sum())
                right += int((logits.argmax(-1) == labels).sum())
    (total / terms).backward()
    assert figures == pytest.approx({"loss": total.item() / terms, "accuracy": 100 * right / terms}, rel=1e-5)
    expected = torch.cat([w.grad.flatten() for w in model.parameters() if w.grad is not None])
    torch.testing.assert_close(gradient, expected, rtol=1e-4, atol=1e-6)


def save(folder: str, out: str) -> None:
    """What one of several processes gets."""
    torch.set_num_threads(1)
    for kind in KINDS:
        figures, gradient = step(Path(folder), kind, Path(out))
        if os.environ["RANK"] == "0":
            torch.save({"figures": figures, "gradient": gradient}, Path(out) / f"{kind}.pt")


def test_two_processes_take_the_step_of_one(
    tiny_model: Path, tmp_path: Path, start_two: Callable[..., list[subprocess.Popen[str]]]
) -> None:
    for process in start_two("-c", STEP, str(tiny_model), str(tmp_path)):
        errors = process.communicate(timeout=300)[1]
        assert process.returncode == 0, errors
    for kind in KINDS:
        figures, gradient = step(tiny_model, kind, tmp_path)
        both = torch.load(tmp_path / f"{kind}.pt", weights_only=True)
        assert both["figures"] == pytest.approx(figures, rel=1e-6)
        torch.testing.assert_close(both["gradient"], gradient, rtol=1e-5, atol=1e-6)

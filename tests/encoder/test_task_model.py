from pathlib import Path

import pytest
import torch

from vecocli.encoder.buckets import Row, stacked
from vecocli.encoder.checkpoint import save_model
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.opening import TaskHead
from vecocli.encoder.task_model import TaskModel
from vecocli.errors import DataError

HEADS = [TaskHead("classify", ("no", "yes", "maybe")), TaskHead("tag", ("O", "B")), TaskHead("answer")]


def tuned(folder: Path, model: Path, head: TaskHead) -> TaskModel:
    torch.manual_seed(3)
    encoder = Encoder.load(model, head=head)
    assert encoder.new_head and not encoder.has_head
    folder.mkdir()
    save_model(encoder, folder)
    return TaskModel(encoder, head)


def rows(encoder: Encoder, texts: list[str]) -> list[Row]:
    return [Row(encoder.tokens.single(piece.ids)) for piece in encoder.tokens.pieces(texts)]


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.kind)
def test_logits_are_those_of_transformers_own_class(tiny_model: Path, tmp_path: Path, head: TaskHead) -> None:
    model = tuned(tmp_path / "run", tiny_model, head).eval()
    inputs = stacked(rows(model.encoder, ["The cat sees the house.", "猫"]), model.encoder.tokens.pad_id)
    logits = model(inputs)
    assert logits.shape == {"classify": (2, 3)}.get(head.kind, (*inputs.ids.shape, 2))
    found = model.encoder.model(input_ids=inputs.ids, attention_mask=inputs.mask.long())
    expected = torch.stack([found.start_logits, found.end_logits], -1) if head.kind == "answer" else found.logits
    assert torch.equal(logits, expected)


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.kind)
def test_a_fine_tuned_folder_opens_with_its_labels(tiny_model: Path, tmp_path: Path, head: TaskHead) -> None:
    model = tuned(tmp_path / "run", tiny_model, head).eval()
    again = TaskModel.load(tmp_path / "run", TaskHead(head.kind, head.labels[::-1])).eval()
    assert again.head == head  # the model's order counts
    inputs = stacked(rows(model.encoder, ["Кошка видит дом."]), model.encoder.tokens.pad_id)
    assert torch.equal(model(inputs), again(inputs))


def test_a_model_without_the_head_or_with_other_labels_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    tuned(tmp_path / "run", tiny_model, HEADS[0])
    with pytest.raises(DataError, match="its labels are not O, B") as caught:
        TaskModel.load(tmp_path / "run", HEADS[1])
    assert "veco finetune" in caught.value.hint
    with pytest.raises(DataError, match="it has no head for it"):
        TaskModel.load(tiny_model, TaskHead("answer"))
    with pytest.raises(DataError, match="there is no folder"):
        TaskModel.load(tmp_path / "nowhere", HEADS[0])


def test_a_head_of_another_size_is_replaced(tiny_model: Path, tmp_path: Path) -> None:
    tuned(tmp_path / "run", tiny_model, HEADS[0])
    encoder = Encoder.load(tmp_path / "run", head=TaskHead("classify", ("a", "b")))
    assert encoder.new_head and encoder.model.config.id2label == {0: "a", 1: "b"}
    same = Encoder.load(tmp_path / "run", head=HEADS[0])
    assert not same.new_head


def test_predictions_do_not_depend_on_the_batch(tiny_model: Path, tmp_path: Path) -> None:
    model = tuned(tmp_path / "run", tiny_model, HEADS[1])
    given = rows(model.encoder, ["The cat sees the house.", "猫", "Два слова. Кошка видит дом.", "Le chat"])
    done: list[tuple[int, int | None]] = []

    def found(budget: int) -> list[torch.Tensor]:
        logits: list[torch.Tensor] = [torch.empty(0)] * len(given)
        for chosen, some in model.predict(given, tokens_per_batch=budget, progress=lambda *seen: done.append(seen)):
            for at, row in zip(chosen, some, strict=True):
                logits[at] = row[: len(given[at].ids)]
        return logits

    for one, other in zip(found(8), found(1000), strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)
    assert done[-1] == (4, 4) and not model.training


def test_a_family_without_such_a_head_is_named(tmp_path: Path, tiny_model: Path) -> None:
    from transformers import AutoTokenizer, CLIPTextConfig, CLIPTextModel

    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(tmp_path)
    size = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    CLIPTextModel(CLIPTextConfig(vocab_size=400, **size)).save_pretrained(tmp_path)
    with pytest.raises(DataError, match="transformers has no ForTokenClassification of a clip_text_model model"):
        Encoder.load(tmp_path, head=HEADS[1])

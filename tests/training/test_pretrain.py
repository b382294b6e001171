import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from errno import ENOSPC
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.checkpoint import checkpoints
from vecocli.errors import DataError, Interrupted, MissingError, UsageError, VecoError
from vecocli.training import best as watched
from vecocli.training import pretrain as module
from vecocli.training.evaluation import Evaluator
from vecocli.training.loop import Report
from vecocli.training.pretrain import pretrain

OPENS = """
import sys
sys.modules["vecocli"] = None
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
inputs = tokenizer(["The cat sees."], return_tensors="pt")
states = AutoModel.from_pretrained(sys.argv[1])(**inputs).last_hidden_state
head = AutoModelForMaskedLM.from_pretrained(sys.argv[1])
print(states.shape[-1], head(**inputs).logits.shape[-1] == len(tokenizer))
"""
TRAINS = "import sys; from vecocli.app import main; sys.argv[0] = 'veco'; main()"


@pytest.fixture
def settings(mined: Path, tmp_path: Path, tiny_model: Path) -> dict[str, Any]:
    return {
        "mined": (mined,),
        "out": tmp_path / "run",
        "model": str(tiny_model),
        "steps": 6,
        "batch_size": 8,
        "max_length": 64,
        "learning_rate": 1e-2,
        "precision": "fp32",
        "dropout": 0.1,
        "save_every": 2,
        "log_every": 2,
    }


def headless(tiny_model: Path, tmp_path: Path) -> Path:
    """The tiny model without its masked-language head."""
    from transformers import AutoModel, AutoTokenizer

    bare = tmp_path / "bare"
    AutoModel.from_pretrained(tiny_model).save_pretrained(bare)
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(bare)
    return bare


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def same(one: Path, other: Path) -> bool:
    ours, theirs = weights(one), weights(other)
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def without_time(folder: Path) -> list[dict[str, float]]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if k not in ("seconds", "data_wait")} for line in lines]


def test_trains_every_objective_and_reports(settings: dict[str, Any]) -> None:
    reports: list[Report] = []
    result = pretrain(PretrainConfig(**settings | {"steps": 30, "log_every": 5}), reports.append)
    assert (result.steps, result.pairs) == (30, 36)
    assert [report.step for report in reports] == [5, 10, 15, 20, 25, 30]
    for name in ("mlm", "tlm", "sequence", "token"):
        assert reports[-1].figures[name] < reports[0].figures[name]
    total = sum(reports[0].figures[name] for name in ("mlm", "tlm", "sequence", "token"))
    assert reports[0].figures["loss"] == pytest.approx(total, rel=1e-5)
    assert json.loads((settings["out"] / "summary.json").read_text())["steps"] == 30


def test_weights_of_objectives(settings: dict[str, Any]) -> None:
    chosen = {"objectives": "sequence,token", "weight": {"token": 0.25}, "steps": 2}
    figures = pretrain(PretrainConfig(**settings | chosen)).figures
    assert figures["loss"] == pytest.approx(figures["sequence"] + 0.25 * figures["token"], rel=1e-5)
    assert "mlm" not in figures


def test_the_folder_opens_without_veco(settings: dict[str, Any], tmp_path: Path) -> None:
    pretrain(PretrainConfig(**settings))
    done = subprocess.run(
        [sys.executable, "-c", OPENS, str(settings["out"])], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["32", "True"]
    card = (settings["out"] / "README.md").read_text()
    front = yaml.safe_load(card.split("---")[1])
    assert front["language"] == ["de", "en"]
    assert front["library_name"] == "transformers"
    assert "trained with veco on 36 sentence pairs" in card
    assert "\n6 steps of 8 pairs in " in card


def test_sentence_transformers_may_open_the_folder(settings: dict[str, Any]) -> None:
    chosen = settings | {"objectives": "sequence", "steps": 3, "sentence_transformers": True}
    pretrain(PretrainConfig(**chosen))
    kinds = [module["type"] for module in json.loads((settings["out"] / "modules.json").read_text())]
    assert kinds[-1].endswith(".Normalize")
    assert (settings["out"] / "1_Pooling" / "config.json").exists()
    (settings["out"] / "summary.json").unlink()
    assert pretrain(PretrainConfig(**chosen | {"resume": "auto"})).steps == 3  # the files are there already
    other = {"sequence_layer": 1, "overwrite": True}
    with pytest.raises(UsageError, match="reads the last layer, not layer 1"):
        pretrain(PretrainConfig(**chosen | other))
    assert (settings["out"] / "modules.json").exists()


def test_run_yaml_repeats_the_run(settings: dict[str, Any], tmp_path: Path) -> None:
    pretrain(PretrainConfig(**settings))
    again = PretrainConfig.resolve({"out": tmp_path / "again"}, settings["out"] / "run.yaml")
    pretrain(again)
    assert same(settings["out"], tmp_path / "again")
    assert without_time(settings["out"]) == without_time(tmp_path / "again")


def test_another_seed_gives_other_weights(settings: dict[str, Any], tmp_path: Path) -> None:
    pretrain(PretrainConfig(**settings))
    pretrain(PretrainConfig(**settings | {"seed": 1, "out": tmp_path / "other"}))
    assert not same(settings["out"], tmp_path / "other")


def test_from_scratch_and_zero_steps(settings: dict[str, Any], mined: Path) -> None:
    fresh = {"model": None, "from_scratch": "tiny", "vocabulary": 120, "steps": 0}
    result = pretrain(PretrainConfig(**settings | fresh))
    assert (result.steps, result.figures) == (0, {})
    assert json.loads((settings["out"] / "config.json").read_text())["num_hidden_layers"] == 2
    assert not checkpoints(settings["out"])


def test_from_scratch_on_monolingual_text_too(settings: dict[str, Any], tmp_path: Path) -> None:
    mono = tmp_path / "mono.txt"
    mono.write_text("Ein Satz über Zebras.\nNoch einer.\nUnd ein dritter Satz.\n", encoding="utf-8")
    fresh = {"model": None, "from_scratch": "tiny", "vocabulary": 120, "steps": 2, "mono": (mono,)}
    assert pretrain(PretrainConfig(**settings | fresh)).steps == 2
    assert "Z" in json.dumps(json.loads((settings["out"] / "tokenizer.json").read_text())["model"]["vocab"])


def interrupted(settings: dict[str, Any], step: int) -> None:
    """Run until the step, then send the process a signal."""

    def stop(report: Report) -> None:
        if report.step == step:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Interrupted, match=f"stopped after step {step}"):
        pretrain(PretrainConfig(**settings), stop)


@pytest.mark.parametrize("step", [1, 3, 5])
def test_a_signal_leaves_a_checkpoint_that_goes_on_bit_for_bit(
    settings: dict[str, Any], tmp_path: Path, step: int
) -> None:
    settings |= {"log_every": 1, "contrastive_batch": 4, "tokens_per_batch": 60}
    whole = settings | {"out": tmp_path / "whole"}
    pretrain(PretrainConfig(**whole))
    interrupted(settings, step)
    assert checkpoints(settings["out"])[-1].name == f"checkpoint-{step:06d}"
    pretrain(PretrainConfig(**settings | {"resume": "auto"}))
    assert same(settings["out"], whole["out"])
    assert without_time(settings["out"]) == without_time(whole["out"])


@pytest.mark.parametrize("head", ["the model's", "new"])
def test_adapters_go_on_bit_for_bit(settings: dict[str, Any], tmp_path: Path, tiny_model: Path, head: str) -> None:
    settings |= {"lora_rank": 2, "log_every": 1, "contrastive_batch": 4, "tokens_per_batch": 60}
    if head == "new":
        settings["model"] = str(headless(tiny_model, tmp_path))
    whole = settings | {"out": tmp_path / "whole"}
    pretrain(PretrainConfig(**whole))
    interrupted(settings, 3)
    pretrain(PretrainConfig(**settings | {"resume": "auto"}))
    assert same(settings["out"], whole["out"])
    assert without_time(settings["out"]) == without_time(whole["out"])
    ours, theirs = (
        load_file(folder / "adapter" / "adapter_model.safetensors") for folder in (settings["out"], tmp_path / "whole")
    )
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert (whole["out"] / "adapter" / "head.safetensors").exists() == (head == "new")
    before, after = weights(tiny_model), weights(whole["out"])
    changed = {name for name in before if name in after and not torch.equal(before[name], after[name])}
    assert changed
    linear = (".dense.weight", ".query.weight", ".key.weight", ".value.weight")
    assert all(name.endswith(linear) or head == "new" for name in changed)


def test_a_kill_at_any_moment_loses_at_most_the_steps_since_the_checkpoint(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    whole = settings | {"out": tmp_path / "whole"}
    pretrain(PretrainConfig(**whole))
    command = PretrainConfig(**settings | {"resume": "auto"}).command_line("pretrain").split()[1:]
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINS, *command], env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while process.poll() is None and not checkpoints(settings["out"]):
        pass
    process.kill()
    process.communicate()
    pretrain(PretrainConfig(**settings | {"resume": "auto"}))
    assert same(settings["out"], whole["out"])
    assert without_time(settings["out"]) == without_time(whole["out"])


def test_a_queue_of_keys_goes_on_bit_for_bit(settings: dict[str, Any], tmp_path: Path) -> None:
    settings |= {"sequence_queue": 20, "sequence_momentum": 0.5, "log_every": 1}
    whole = settings | {"out": tmp_path / "whole"}
    pretrain(PretrainConfig(**whole))
    interrupted(settings, 3)
    pretrain(PretrainConfig(**settings | {"resume": "auto"}))
    assert same(settings["out"], whole["out"])
    assert without_time(settings["out"]) == without_time(whole["out"])
    in_batch = settings | {"out": tmp_path / "in-batch", "sequence_queue": 0}
    pretrain(PretrainConfig(**in_batch))
    assert not same(in_batch["out"], whole["out"])


def test_resume_from_a_named_checkpoint(settings: dict[str, Any], tmp_path: Path) -> None:
    pretrain(PretrainConfig(**settings))
    assert [path.name for path in checkpoints(settings["out"])] == ["checkpoint-000002", "checkpoint-000004"]
    again = settings | {"out": tmp_path / "again", "resume": str(settings["out"] / "checkpoint-000002")}
    pretrain(PretrainConfig(**again))
    assert same(settings["out"], again["out"])


def test_a_finished_run_is_not_trained_again(settings: dict[str, Any]) -> None:
    first = pretrain(PretrainConfig(**settings))
    stamp = (settings["out"] / "model.safetensors").stat().st_mtime_ns
    assert pretrain(PretrainConfig(**settings | {"resume": "auto"})) == first
    assert (settings["out"] / "model.safetensors").stat().st_mtime_ns == stamp


def test_recomputed_layers_train_the_same(settings: dict[str, Any], tmp_path: Path) -> None:
    chosen = settings | {"steps": 2, "tokens_per_batch": 60, "lora_rank": 2}
    pretrain(PretrainConfig(**chosen))
    pretrain(PretrainConfig(**chosen | {"out": tmp_path / "again", "gradient_checkpointing": True}))
    ours, theirs = weights(settings["out"]), weights(tmp_path / "again")
    assert all(torch.allclose(ours[name], theirs[name], atol=1e-6) for name in ours)


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning", "ignore:The .grad attribute:UserWarning")
@pytest.mark.parametrize("more", [{"lora_rank": 2}, {"objectives": "sequence", "sequence_queue": 16}])
def test_compiled_layers_train_the_same(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]
) -> None:
    """All but the code that is made in the end, which takes a minute."""
    chosen = settings | {"steps": 2, "tokens_per_batch": 60, "dropout": 0.0} | more
    pretrain(PretrainConfig(**chosen))
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="eager"))
    pretrain(PretrainConfig(**chosen | {"out": tmp_path / "again", "compile": True}))
    torch._dynamo.reset()
    ours, theirs = weights(settings["out"]), weights(tmp_path / "again")
    assert ours.keys() == theirs.keys()
    assert all(torch.allclose(ours[name], theirs[name], atol=1e-5) for name in ours)


def test_the_result_is_uploaded_once_it_is_whole(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[Path, str, bool]] = []

    def failing(folder: Path, repository: str, *, private: bool) -> str:
        calls.append((folder, repository, private))
        assert (folder / "summary.json").exists()
        if len(calls) == 1:
            raise VecoError("no way to the Hub")
        return "https://hub/owner/aligned"

    monkeypatch.setattr(module, "check_upload", lambda repository: None)
    monkeypatch.setattr(module, "upload", failing)
    chosen = settings | {"steps": 1, "push_to_hub": "owner/aligned", "private": True}
    with pytest.raises(VecoError, match="no way"):
        pretrain(PretrainConfig(**chosen))
    notes: list[str] = []
    assert pretrain(PretrainConfig(**chosen | {"resume": "auto"}), note=notes.append).steps == 1
    assert calls == [(settings["out"], "owner/aligned", True)] * 2
    assert notes == ["uploaded to https://hub/owner/aligned"]


def test_without_a_login_nothing_begins(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    with pytest.raises(MissingError, match="needs a login"):
        pretrain(PretrainConfig(**settings | {"push_to_hub": "owner/aligned"}))
    assert not settings["out"].exists()


def test_a_torn_checkpoint_is_ignored(settings: dict[str, Any], tmp_path: Path) -> None:
    whole = settings | {"out": tmp_path / "whole"}
    pretrain(PretrainConfig(**whole))
    torn = settings["out"] / ".checkpoint-000002.tmp"
    torn.mkdir(parents=True)
    (torn / "model.safetensors").write_bytes(b"half")
    PretrainConfig(**settings).write(settings["out"] / "run.yaml")
    pretrain(PretrainConfig(**settings | {"resume": "auto"}))
    assert same(settings["out"], whole["out"])
    assert not torn.exists()


def test_resume_refuses_other_settings(settings: dict[str, Any]) -> None:
    pretrain(PretrainConfig(**settings))
    changed = settings | {"resume": "auto", "learning_rate": 1e-3, "batch_size": 4}
    with pytest.raises(UsageError, match=r"--batch-size 8 -> 4; --learning-rate 0\.01 -> 0\.001"):
        pretrain(PretrainConfig(**changed))


def test_an_existing_run_is_replaced_only_on_request(settings: dict[str, Any]) -> None:
    pretrain(PretrainConfig(**settings | {"steps": 2}))
    with pytest.raises(UsageError, match="holds a run already"):
        pretrain(PretrainConfig(**settings))
    (settings["out"] / "stray.txt").touch()
    assert pretrain(PretrainConfig(**settings | {"overwrite": True})).steps == 6
    assert not (settings["out"] / "stray.txt").exists()


def test_a_folder_that_is_no_run_is_left_alone(settings: dict[str, Any]) -> None:
    settings["out"].mkdir()
    (settings["out"] / "thesis.tex").touch()
    with pytest.raises(UsageError, match="not a run"):
        pretrain(PretrainConfig(**settings | {"overwrite": True}))
    assert (settings["out"] / "thesis.tex").exists()


def test_a_file_in_the_place_of_the_folder(settings: dict[str, Any]) -> None:
    settings["out"].touch()
    with pytest.raises(UsageError, match="is a file"):
        pretrain(PretrainConfig(**settings))


def test_resume_from_something_else(settings: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a training checkpoint"):
        pretrain(PretrainConfig(**settings | {"resume": str(tmp_path)}))


@pytest.mark.parametrize(("flag", "before", "now"), [("lora_rank", 2, 0), ("sequence_queue", 0, 16)])
def test_a_checkpoint_of_a_run_with_other_contents(
    settings: dict[str, Any], tmp_path: Path, flag: str, before: int, now: int
) -> None:
    pretrain(PretrainConfig(**settings | {"steps": 3, flag: before}))
    start = str(settings["out"] / "checkpoint-000002")
    other = PretrainConfig(**settings | {"out": tmp_path / "other", "resume": start, flag: now})
    with pytest.raises(UsageError, match=f"--{flag.replace('_', '-')} {before} -> {now}"):
        pretrain(other)
    (settings["out"] / "run.yaml").unlink()
    with pytest.raises(DataError, match="train different weights"):
        pretrain(other)
    assert not other.out.exists()


def test_a_loss_that_is_not_finite_stops_with_its_name_and_rows(settings: dict[str, Any]) -> None:
    with pytest.raises(VecoError, match=r"not finite at step \d: .* It read en-de rows \d+, ") as caught:
        pretrain(PretrainConfig(**settings | {"learning_rate": 1e30, "clip": 1e30, "warmup": 0.0, "max_skipped": 1}))
    assert caught.value.exit_code == 1
    assert "learning-rate" in caught.value.hint
    assert not (settings["out"] / "summary.json").exists()


def test_skipped_steps_are_in_the_summary(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = module.ObjectiveGradients.__call__
    calls: list[int] = []

    def gradients(self: Any, *given: Any) -> dict[str, torch.Tensor]:
        figures = whole(self, *given)
        calls.append(len(calls))
        return figures | {"loss": torch.tensor(float("inf"))} if len(calls) == 3 else figures

    monkeypatch.setattr(module.ObjectiveGradients, "__call__", gradients)
    assert pretrain(PretrainConfig(**settings)).skipped == 1
    assert json.loads((settings["out"] / "summary.json").read_text())["skipped"] == 1


def test_by_the_clock(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(0, 10_000, 15))
    monkeypatch.setattr("vecocli.training.loop.time.monotonic", lambda: next(now))
    result = pretrain(PretrainConfig(**settings | {"minutes": 1, "log_every": 1}))
    assert (result.steps, result.seconds) == (4, 60)
    rates = [line["rate"] for line in without_time(settings["out"])]
    assert rates == pytest.approx([0.0, 1e-2 * 0.75 / 0.9, 1e-2 * 0.5 / 0.9, 1e-2 * 0.25 / 0.9])


def test_a_model_that_cannot_predict_words(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.Encoder, "has_head", False)
    with pytest.raises(UsageError, match="cannot predict masked words"):
        pretrain(PretrainConfig(**settings))


def test_objectives_that_reach_no_trained_weight(settings: dict[str, Any]) -> None:
    nothing = {"objectives": "token", "token_layer": 0, "lora_rank": 2}
    with pytest.raises(UsageError, match="reach none of the weights that are trained"):
        pretrain(PretrainConfig(**settings | nothing))
    assert not settings["out"].exists()


def test_monolingual_text_is_in_the_summary(settings: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text("The cat sees.\nA dog.\nNo.\n", encoding="utf-8")
    result = pretrain(PretrainConfig(**settings | {"mono": (tmp_path / "news.txt",), "steps": 3}))
    assert [(one["name"], one["rows"], one["read"]) for one in result.mono] == [(str(tmp_path / "news.txt"), 3, 48)]


def test_layers_that_the_model_has_not(settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="no layer 9"):
        pretrain(PretrainConfig(**settings | {"token_layer": 9}))
    assert not settings["out"].exists()


def test_says_that_a_new_head_is_trained(settings: dict[str, Any], tiny_model: Path, tmp_path: Path) -> None:
    bare = headless(tiny_model, tmp_path)
    notes: list[str] = []
    pretrain(PretrainConfig(**settings | {"model": str(bare), "steps": 1}), note=notes.append)
    assert notes == [module.NEW_HEAD]
    quiet = {"model": str(bare), "steps": 1, "objectives": "sequence,token", "out": tmp_path / "quiet"}
    pretrain(PretrainConfig(**settings | quiet), note=notes.append)
    assert len(notes) == 1


def test_links_that_the_cut_loses_are_logged(settings: dict[str, Any]) -> None:
    figures = pretrain(PretrainConfig(**settings | {"max_length": 8, "steps": 1})).figures
    assert figures["token/lost_links"] > 0
    whole = pretrain(PretrainConfig(**settings | {"steps": 1, "overwrite": True})).figures
    assert whole["token/lost_links"] == 0


def test_says_what_the_model_does_not_get_to_read(settings: dict[str, Any]) -> None:
    notes: list[str] = []
    pretrain(PretrainConfig(**settings | {"max_length": 5000, "objectives": "sequence"}), note=notes.append)
    assert notes == ["The model reads sentences up to 128 sub-words; the rest of longer ones is cut off."]
    assert "sentences up to 128 sub-words" in (settings["out"] / "README.md").read_text()
    notes.clear()
    short = {"max_length": 8, "objectives": "token", "token_links": "dictionary", "overwrite": True, "steps": 1}
    pretrain(PretrainConfig(**settings | short), note=notes.append)
    assert len(notes) == 1
    assert "links of the first step's pairs lie behind the 8 sub-words that are read of a sentence" in notes[0]


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_checkpoint_whose_model_is_damaged_says_how_to_go_on(settings: dict[str, Any], name: str) -> None:
    pretrain(PretrainConfig(**settings))
    (settings["out"] / "summary.json").unlink()
    newest = checkpoints(settings["out"])[-1]
    (newest / name).write_bytes((newest / name).read_bytes()[:100])
    with pytest.raises(DataError, match=str(newest)) as caught:
        pretrain(PretrainConfig(**settings | {"resume": "auto"}))
    assert caught.value.hint.startswith("Go on from an older one with --resume FOLDER, or remove this one")


def test_leaves_no_temporary_files(settings: dict[str, Any]) -> None:
    pretrain(PretrainConfig(**settings))
    assert not [path for path in settings["out"].rglob("*") if path.name.startswith(".") or path.suffix == ".tmp"]


@pytest.fixture
def small_disk() -> Iterator[Callable[[], None]]:
    """Lets no file grow beyond a few kilobytes from the call on: what a full disk does, without one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("step", [2, 4, 6])
def test_a_full_disk_leaves_what_was_saved_and_says_how_to_go_on(
    settings: dict[str, Any], tmp_path: Path, small_disk: Callable[[], None], step: int
) -> None:
    """At the first checkpoint, at a later one, and when the model itself is written."""
    whole = settings | {"out": tmp_path / "whole"}
    pretrain(PretrainConfig(**whole))

    def full(report: Report) -> None:
        if report.step == step:
            small_disk()

    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.raises(VecoError, match=f"cannot write the model to {settings['out']}: ") as caught:
        pretrain(PretrainConfig(**settings), full)
    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert caught.value.exit_code == 1
    kept = f"the checkpoint before, checkpoint-{step - 2:06d}, is whole: --resume auto goes on from it"
    assert caught.value.hint == f"Make room; {kept if step > 2 else 'begin again'}."
    assert [path.name for path in checkpoints(settings["out"])] == [f"checkpoint-{n:06d}" for n in range(2, step, 2)]
    assert not [path for path in settings["out"].rglob("*") if path.name.startswith(".")]
    pretrain(PretrainConfig(**settings | {"resume": "auto"}))
    assert same(settings["out"], whole["out"])
    assert without_time(settings["out"]) == without_time(whole["out"])


FULL = """
import os, resource, sys
from vecocli.app import main
before = resource.getrlimit(resource.RLIMIT_FSIZE)
if os.environ["RANK"] == "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
sys.argv[0] = "veco"
try:
    main()
finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
"""


def test_a_full_disk_ends_all_processes_and_the_first_one_says_so(
    settings: dict[str, Any], start_two: Callable[..., Any]
) -> None:
    command = PretrainConfig(**settings).command_line("pretrain").split()[1:]
    running = start_two("-c", FULL, *command)
    said = [process.communicate(timeout=300)[1] for process in running]
    assert [process.returncode for process in running] == [1, 1], said
    assert f"Error: cannot write the model to {settings['out']}: " in said[0]
    assert "Hint: Make room; begin again." in said[0]
    assert "Traceback" not in "".join(said)


def test_a_full_disk_leaves_the_best_model(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = tmp_path / "held.tsv"
    held.write_text("".join(f"The house {n}\tDas Haus {n}\n" for n in range(4)), encoding="utf-8")
    values = iter([1.0, 2.0])
    monkeypatch.setattr(Evaluator, "__call__", lambda self: {"eval/retrieval": next(values)})
    written = watched.write_model

    def full(folder: Path, fill: Callable[[Path], None]) -> None:
        def fails(temporary: Path) -> None:
            fill(temporary)
            if (folder / "config.json").exists():
                raise OSError(ENOSPC, "No space left on device")

        written(folder, fails)

    monkeypatch.setattr(watched, "write_model", full)
    with pytest.raises(VecoError, match="No space left on device"):
        pretrain(PretrainConfig(**settings | {"eval_data": (held,)}))
    assert json.loads((settings["out"] / "best.json").read_text())["step"] == 0
    assert (settings["out"] / "best" / "model.safetensors").exists()
    assert checkpoints(settings["out"])[-1].name == "checkpoint-000002"

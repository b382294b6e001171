from pathlib import Path

import numpy as np
import pytest

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.batches import Pass
from vecocli.encoder.encoder import Encoder
from vecocli.text.shards import ShardFolder
from vecocli.text.synonyms import MinedPair, shard_path, to_table, write_shard
from vecocli.training.mono import MonoText
from vecocli.training.steps import StepBatches


def several(folder: Path, sizes: dict[str, int]) -> ShardFolder:
    """Mined pairs of several languages with English, each pair of its own length."""
    for language, size in sizes.items():
        (folder / language).mkdir(parents=True)
        rows = [MinedPair(n, f"The house {'x ' * n}{n}", f"Das Haus {n} {language}", ()) for n in range(size)]
        write_shard(
            shard_path(folder / language, 0), to_table(rows, "en", language), source_language="en",
            target_language=language,
        )  # fmt: skip
    return ShardFolder(folder)


def test_says_which_rows_a_step_reads(tmp_path: Path, tiny_encoder: Encoder) -> None:
    shards = several(tmp_path, {"de": 12, "fr": 5})
    settings = PretrainConfig(
        mined=(tmp_path,), out=tmp_path / "run", from_scratch="tiny", batch_size=4, objectives="sequence"
    )
    batches = StepBatches(settings, tiny_encoder, shards, None, frozenset({"clean"}))
    for step in (0, 3, 5):
        said = dict(part.split(" row") for part in batches.describe(step).split("; "))
        named = {pair: [int(row) for row in rows.removeprefix("s ").split(", ")] for pair, rows in said.items()}
        assert set(named) <= {"en-de", "en-fr"}
        [[part]] = batches(step)
        languages = np.repeat(
            [("en", name[3:]) in shards.languages and shards.languages.index(("en", name[3:])) for name in named],
            [len(rows) for rows in named.values()],
        )
        numbers = shards.numbers(languages, np.array([row for rows in named.values() for row in rows]))
        lengths = sorted(
            len(tiny_encoder.tokens.single(tiny_encoder.tokens.pieces([row.pair.source])[0].ids))
            for row in shards.rows(numbers)
        )
        read = sorted(
            int(count)
            for bucket in part.passes["clean"]
            for row, count in zip(bucket.rows.tolist(), bucket.inputs.mask.sum(1).tolist(), strict=True)
            if row < 4
        )
        assert lengths == read


@pytest.mark.parametrize("most", [60, 100, 400])
def test_monolingual_text_keeps_to_what_a_pass_may_hold(tmp_path: Path, tiny_encoder: Encoder, most: int) -> None:
    shards = several(tmp_path / "mined", {"de": 40})
    text = tmp_path / "mono.txt"
    text.write_text("".join(f"das Haus {'der Katze ' * (n % 5)}{n}\n" for n in range(90)), encoding="utf-8")
    settings = PretrainConfig(
        mined=(tmp_path,), out=tmp_path / "run", from_scratch="tiny", batch_size=20, objectives="mlm,sequence",
        mono=(text,), tokens_per_batch=most, max_length=40,
    )  # fmt: skip
    passes: frozenset[Pass] = frozenset({"clean", "mono"})
    [parts] = StepBatches(settings, tiny_encoder, shards, MonoText((text,)), passes)(0)
    read = {name: [[bucket.inputs.mask for bucket in part.passes[name]] for part in parts] for name in passes}
    assert {name: sum(len(mask) for masks in found for mask in masks) for name, found in read.items()} == {
        "clean": 40,
        "mono": 40,
    }
    for found in read.values():
        assert all(sum(int(mask.sum()) for mask in masks) <= most or len(masks[0]) <= 2 for masks in found)


def test_names_no_more_rows_than_fit_a_line(tmp_path: Path, tiny_encoder: Encoder) -> None:
    shards = several(tmp_path, {"de": 20})
    settings = PretrainConfig(
        mined=(tmp_path,), out=tmp_path / "run", from_scratch="tiny", batch_size=15, objectives="sequence"
    )
    said = StepBatches(settings, tiny_encoder, shards, None, frozenset({"clean"})).describe(0)
    assert said.endswith(" and 3 more")
    assert said.count(",") == 11


def test_monolingual_text_is_switched_by_the_mined_lexicons(tmp_path: Path, tiny_encoder: Encoder) -> None:
    shards = several(tmp_path / "mined", {"de": 20})
    line = "house\thaus\t3\t0.9000\t1.0000\t1.0000\tdictionary:test\t1"
    header = "source\ttarget\tcount\tscore\tp_target_given_source\tp_source_given_target\torigins\tsentences"
    (tmp_path / "mined" / "de" / "lexicon.tsv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    (tmp_path / "en.txt").write_text("the house\n", encoding="utf-8")
    (tmp_path / "de.txt").write_text("das haus\n", encoding="utf-8")
    files = tmp_path / "en.txt", tmp_path / "de.txt"
    found = {}
    for rate in (0.0, 1.0):
        settings = PretrainConfig(
            mined=(tmp_path,), out=tmp_path / "run", from_scratch="tiny", batch_size=4, objectives="mlm", mono=files,
            mono_language=("en", "de"), code_switch=rate, mlm_rate=1e-9,
        )  # fmt: skip
        batches = StepBatches(settings, tiny_encoder, shards, MonoText(files), frozenset({"mono"}))
        [[part]] = batches(0)
        rows = [
            tiny_encoder.tokens.hf.decode(row[mask].tolist(), skip_special_tokens=True)
            for one in part.passes["mono"]
            for row, mask in zip(one.inputs.ids, one.inputs.mask, strict=True)
        ]
        found[rate] = {row.replace(" ", "").replace("▁", " ").strip() for row in rows}
    assert found == {0.0: {"the house", "das haus"}, 1.0: {"the haus", "das house"}}


def test_counts_what_each_language_pair_gave(tmp_path: Path, tiny_encoder: Encoder) -> None:
    """Of whole pools as the mixture plans; in between, step by step."""
    shards = several(tmp_path, {"de": 40, "fr": 10})
    settings = PretrainConfig(
        mined=(tmp_path,), out=tmp_path / "run", from_scratch="tiny", batch_size=5, objectives="sequence"
    )
    batches = StepBatches(settings, tiny_encoder, shards, None, frozenset({"clean"}))
    counted = {"en-de": 0, "en-fr": 0}
    for step in range(23):
        found, mono = batches.corpora(step)
        assert not mono
        assert {one.name: one.read for one in found} == counted
        assert sum(one.planned for one in found) == 5 * step
        for part in batches.describe(step).split("; "):
            counted[part.split(" row")[0]] += part.count(",") + 1
    assert [round(one.share, 3) for one in found] == [0.667, 0.333]
    assert found[1].epochs == round(found[1].read / 10, 3)
    pool = batches.corpora(30)[0]  # three pools of ten steps
    assert [one.read for one in pool] == [one.planned for one in pool]


def test_steps_of_natural_lengths_are_padded_by_less_than_a_tenth(tmp_path: Path, tiny_encoder: Encoder) -> None:
    dice = np.random.default_rng(3)
    lengths = np.clip(dice.lognormal(1.8, 0.7, 1000), 1, 40).astype(int)
    rows = [MinedPair(n, "the house " * size, "das Haus " * size, ()) for n, size in enumerate(lengths.tolist())]
    write_shard(shard_path(tmp_path, 0), to_table(rows, "en", "de"), source_language="en", target_language="de")
    settings = PretrainConfig(mined=(tmp_path,), out=tmp_path / "run", from_scratch="tiny")
    passes: frozenset[Pass] = frozenset({"clean", "masked", "joint"})
    batches = StepBatches(settings, tiny_encoder, ShardFolder(tmp_path), None, passes)
    masks = [
        bucket.inputs.mask
        for step in range(31)
        for [part] in batches(step)
        for buckets in part.passes.values()
        for bucket in buckets
    ]
    assert sum(int(mask.sum()) for mask in masks) > 0.9 * sum(mask.numel() for mask in masks)

"""Whether mined pairs have what a run trains on: said before it begins, and not by a loss of 0 at its end."""

from collections.abc import Callable

from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import DataError
from vecocli.text.shards import LINKS, ShardFolder


def check_usable(config: PretrainConfig, shards: ShardFolder, note: Callable[[str], None]) -> None:
    """Look for language pairs without sentence pairs, text or links.

    Args:
        config: The run's settings.
        shards: The mined pairs.
        note: Called with what is left out of some language pairs.

    Raises:
        DataError: There is nothing to train on, or for something that is to be trained.
    """
    if not len(shards):
        raise DataError("the mined folders hold no sentence pairs", "Mine a corpus first.", path=config.mined[0])
    for side in ("source", "target"):
        if empty := _without(shards, side):
            message = f"no sentence pair of {', '.join(empty)} has text on its {side} side"
            raise DataError(message, "Leave the folder out, or mine its corpus again.", path=config.mined[0])
    bare, fed = _without(shards, LINKS), ", ".join(config.fed_by_links)
    if not fed or not bare:
        return
    if len(bare) == sum(size > 0 for size in shards.sizes):
        hint = (
            "Mine with a dictionary or an encoder, or leave out what needs links; token can do with --token-links self."
        )
        raise DataError(f"no sentence pair has links, which {fed} would train on", hint, path=config.mined[0])
    note(f"No sentence pair of {', '.join(bare)} has links: {fed} will learn nothing from it.")


def _without(shards: ShardFolder, column: str) -> list[str]:
    """The language pairs that have rows, but nothing in a column."""
    rows = zip(shards.languages, shards.sizes, shards.filled(column), strict=True)
    return ["-".join(languages) for languages, size, filled in rows if size and not filled]

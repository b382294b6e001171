"""What the model that a run starts from says of itself: its name on the Hub and its licence."""

from pathlib import Path
from typing import Any

LICENCE = ("license", "license_name", "license_link")


def start_facts(model: str) -> dict[str, Any]:
    """Return the front matter that a derived model takes over; nothing where the start says nothing.

    A folder is known by the model it was made of itself: its path means nothing to others.

    Args:
        model: A folder or a Hub name.

    Returns:
        Any of `base_model`, `license`, `license_name` and `license_link`.
    """
    local = Path(model).exists()
    facts = _front_matter(Path(model) / "README.md" if local else _fetched(model))
    base = facts.get("base_model") if local else model
    kept = {name: facts[name] for name in LICENCE if facts.get(name)}
    return {**({"base_model": base} if base else {}), **kept}


def _fetched(name: str) -> Path | None:
    """Fetch a model's card from the Hub, or from its cache; None where there is no way to it."""
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(name, "README.md"))
    except Exception:  # of the network, the Hub or the name: a card is nice to have
        return None


def _front_matter(file: Path | None) -> dict[str, Any]:
    from huggingface_hub.repocard import metadata_load

    try:
        return metadata_load(file) or {} if file else {}
    except Exception:  # no card, or one that YAML cannot read
        return {}

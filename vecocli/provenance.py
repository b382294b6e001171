"""Which software made a result."""

import platform
from importlib.metadata import PackageNotFoundError, version

from vecocli import __version__

PACKAGES = ("torch", "transformers", "tokenizers")


def versions() -> dict[str, str]:
    """Return the versions of veco, Python and what computes its results, without importing those packages.

    A package that is not installed is left out.
    """
    found = {"veco": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found

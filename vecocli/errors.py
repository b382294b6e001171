"""What can go wrong, said once: every error that a user may meet.

    VecoError            message + hint + exit code (1: the run failed)
    ├── UsageError       2: flags or configuration that cannot work
    ├── DataError        3: bad input data; says file and line
    ├── MissingError     4: a dependency, a file of the Hub or the network is missing
    └── Interrupted    130: stopped by the user; what was finished is kept

The library raises these and nothing else for a user's mistake; only `vecocli.app` catches them.
"""

from pathlib import Path


class VecoError(Exception):
    """A failure with one clear message.

    Args:
        message: What happened, in one sentence, with the value that caused it.
        hint: How to mend it, in one sentence; empty where nothing helps.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(VecoError):
    """Flags, configuration values or an output folder that cannot work together."""

    exit_code = 2


class DataError(VecoError):
    """Input data that cannot be used.

    Args:
        message: What is wrong with the data.
        hint: How to mend it.
        path: The file; put in front of the message.
        line: The 1-based line in that file.
    """

    exit_code = 3

    def __init__(
        self, message: str, hint: str = "", *, path: Path | str | None = None, line: int | None = None
    ) -> None:
        where = "" if path is None else f"{path}:{line}: " if line is not None else f"{path}: "
        super().__init__(where + message, hint)
        self.path = path
        self.line = line


class MissingError(VecoError):
    """Something that is not installed, not cached or not reachable."""

    exit_code = 4


class Interrupted(VecoError):  # noqa: N818 - the user's wish, not an error
    """The user stopped the run; finished work was kept."""

    exit_code = 130

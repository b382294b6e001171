"""Reading a task language by language: what is missing is named, and what was asked for must be there."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from vecocli.errors import MissingError

Data = TypeVar("Data")


def read_each(
    read: Callable[[str], Data], known: Sequence[str], asked: Sequence[str], nothing: str
) -> tuple[dict[str, Data], dict[str, str]]:
    """Read the data of each language.

    Args:
        read: Reads one; raises MissingError where it is not there.
        known: The task's languages.
        asked: Languages that must be there; none for all of the task that are.
        nothing: What to say where none is.

    Returns:
        (data per language, reason per missing language).

    Raises:
        MissingError: An asked language is not there, or none is.
    """
    data: dict[str, Data] = {}
    missing: dict[str, str] = {}
    for language in asked or known:
        try:
            data[language] = read(language)
        except MissingError as error:
            if asked:
                raise
            missing[language] = f"{error.message}. {error.hint}"
    if not data:
        raise MissingError(nothing, next(iter(missing.values())))
    return data, missing

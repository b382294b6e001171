"""What a task is fine-tuned on: examples of some languages, and a development set of the first of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vecocli.config.finetuning import FinetuneConfig
from vecocli.errors import DataError, MissingError
from vecocli.text.languages import canonical
from vecocli.training.order import generator
from vecocli.xtreme.task import TunedTask

_SAMPLE = 6  # purpose of a random generator, next to those of `order`, `mixture` and `steps`


@dataclass(frozen=True, slots=True)
class TaskData:
    """Examples, all of them with what they are to be answered by.

    Args:
        train: Training examples by language.
        dev: Development examples; none where the folder has none.
        dev_language: Their language.
        files: What was read, by language; `dev` for the development set.
    """

    train: Mapping[str, Sequence[Any]]
    dev: Sequence[Any]
    dev_language: str
    files: Mapping[str, Sequence[str]]

    @property
    def rows(self) -> dict[str, int]:
        """How many examples each language has to train on."""
        return {language: len(examples) for language, examples in self.train.items()}


def read_task(task: TunedTask, config: FinetuneConfig, note: Callable[[str], None] = lambda text: None) -> TaskData:
    """Read a task's training data.

    Args:
        task: The task.
        config: Where it lies, which languages, how much of it.
        note: Told where there is no development set.

    Raises:
        DataError: Examples without labels, or malformed files.
        MissingError: A language has no training data.
    """
    languages = list(dict.fromkeys(map(canonical, config.train_languages)))
    train, files = {}, {}
    for language in languages:
        found = task.recipe.read(config.data, language, "train")
        labelled(found.examples, f"the training data for {language} ({', '.join(found.files)})")
        train[language] = _some(found.examples, config.train_limit, config.seed)
        files[language] = found.files
    dev: Sequence[Any] = ()
    try:
        found = task.recipe.read(config.data, languages[0], "dev")
        labelled(found.examples, f"the development set for {languages[0]} ({', '.join(found.files)})")
        dev, files["dev"] = found.examples[: config.dev_limit], found.files
    except MissingError as error:
        note(f"{error.message}: nothing is evaluated while training, and the last model is kept.")
    return TaskData(train, dev, languages[0], files)


def labelled(examples: Sequence[Any], what: str) -> None:
    """Check that nothing is withheld.

    Raises:
        DataError: Something is.
    """
    withheld = sum(not answered(example) for example in examples)
    if withheld or not examples:
        message = f"{what}: {withheld:,} of {len(examples):,} examples have no label, tags or answer"
        raise DataError(message, "XTREME takes these out of its test files; take a file that has them.")


def answered(example: Any) -> bool:
    """Return whether an example has what it is to be answered by."""
    for name in ("label", "tags", "answers"):
        if hasattr(example, name):
            value = getattr(example, name)
            return value is not None and value != ()
    raise TypeError(f"not an example: {type(example).__name__}")


def _some(examples: Sequence[Any], limit: int | None, seed: int) -> Sequence[Any]:
    """A sample in the order of the file, or all."""
    if limit is None or limit >= len(examples):
        return examples
    return [examples[at] for at in sorted(generator(seed, _SAMPLE).permutation(len(examples))[:limit].tolist())]

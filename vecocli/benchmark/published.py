"""Published rows of XTREME, to hold one's own against; they are never averaged with them.

Cells of questions are F1/exact match. An average is the one that the source prints, over the tasks of its table.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from vecocli.xtreme.metrics.averages import TASKS


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A model's row.

    Args:
        model: As the source calls it.
        cells: Percent by task, as printed; a task that was not published is left out.
        average: As printed; empty where it is not.
        note: What differs, or fits badly; empty for most.
    """

    model: str
    cells: Mapping[str, str]
    average: str
    note: str


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """Rows that compare with each other.

    Args:
        title: What they have in common.
        training: What the tasks were trained on: `zero-shot` (English alone) or `translations`.
        source: Where they were printed.
        rows: The rows.
    """

    title: str
    training: str
    source: str
    rows: tuple[PublishedRow, ...]


WARNING = (
    "Several of these papers chose checkpoints on development sets of the target languages, which is not zero-shot in "
    "the strict sense (arXiv 2305.16834)."
)
_LARGE = """
MMTE | 67.4 81.3 73.5 58.3 64.4/46.2 60.3/41.4 58.1/43.8 59.8 37.9 | 59.5 |
mBERT | 65.4 81.9 70.3 62.2 64.5/49.4 61.4/44.2 59.7/43.0 56.7 38.7 | 59.6 | TyDiQA is 59.7/43.9 in other papers
XLM | 69.1 80.9 70.1 61.2 59.8/44.3 48.5/32.6 43.6/29.1 56.8 32.6 | 55.5 |
XLM-R large | 79.2 86.4 72.6 65.4 76.6/60.8 71.6/53.2 65.1/45.0 66.0 57.3 | 68.1 | POS is 73.8 in other papers
VECO_out large | 79.9 88.7 75.1 65.7 77.3/61.8 71.7/53.2 67.6/49.1 85.0 75.1 | 73.1 | the mean of its cells is 73.3
"""
_BASE = """
mBERT | 65.4 81.9 70.3 62.2 64.5/49.4 61.4/44.2 59.7/43.9 - - | 63.1 |
XLM | 69.1 80.9 70.1 61.2 59.8/44.3 48.5/32.6 43.6/29.1 - - | 58.6 |
mT5 base | 75.4 86.4 - 55.7 67.0/49.0 64.6/45.0 57.2/41.2 - - | |
XLM-R base | 75.0 84.9 75.6 61.8 71.9/56.4 65.1/47.2 55.4/38.3 - - | 66.4 |
InfoXLM base | 76.5 - - - - 68.1/49.6 - - - | |
XLM-Align base | 76.2 86.8 76.0 63.7 74.7/59.0 68.1/49.8 62.1/44.8 - - | 68.9 | from the README of XLM-Align
XLM-E base, no TRTD | 75.1 87.1 74.2 62.7 74.3/58.2 67.8/49.7 57.8/40.6 - - | 67.6 |
XLM-E base | 76.6 88.3 75.6 63.5 76.2/60.2 68.3/49.8 62.4/45.7 - - | 69.3 |
"""
_WITHOUT_RETRIEVAL = """
STiLTs (XLM-R large) | 80.0 87.9 74.9 64.0 78.7/63.3 72.4/53.7 76.0/59.5 - - | 72.7 | via other tasks; 73.5 by category
RemBERT | 80.8 87.5 76.5 70.1 79.6/64.0 73.1/55.0 77.0/63.0 - - | 74.4 | 75.4 by category
"""
_TRANSLATED = """
XLM-R large, by XTREME | 82.6 90.4 - - 80.2/65.9 72.8/54.3 66.5/47.7 - - | |
XLM-R large, by VECO | 82.8 90.2 72.6 65.4 80.0/65.8 73.0/54.3 74.5/58.3 80.2 75.2 | 74.4 |
FILTER large | 83.9 91.4 76.2 67.7 82.4/68.0 76.2/57.7 68.3/50.9 84.5 84.5 | 77.0 | the mean of its cells is 76.7
VECO_out large | 83.0 91.1 75.1 65.7 79.9/66.3 73.1/54.9 75.0/58.9 89.3 86.9 | 77.2 |
VECO_in large | 84.3 92.8 79.8 71.0 83.9/70.9 77.5/59.3 79.4/63.7 92.6 91.1 | 81.0 |
"""


def _rows(text: str) -> tuple[PublishedRow, ...]:
    """Read rows of `model | cells in the benchmark's order | average | note`; `-` was not published."""
    rows = []
    for line in text.strip().split("\n"):
        model, cells, average, note = (part.strip() for part in line.split("|"))
        found = {task: cell for task, cell in zip(TASKS, cells.split(), strict=True) if cell != "-"}
        rows.append(PublishedRow(model, found, average, note))
    return tuple(rows)


PUBLISHED = (
    PublishedTable(
        "Zero-shot from English, large models",
        "zero-shot",
        "VECO (arXiv 2010.16046), with rows of XTREME (arXiv 2003.11080)",
        _rows(_LARGE),
    ),
    PublishedTable(
        "Zero-shot from English, base models; averages over seven tasks, without retrieval",
        "zero-shot",
        "XLM-E (arXiv 2106.16138) and XLM-Align (arXiv 2106.06381)",
        _rows(_BASE),
    ),
    PublishedTable(
        "Trained on English alone, other large models; averages over seven tasks, without retrieval",
        "zero-shot",
        "RemBERT (arXiv 2010.12821)",
        _rows(_WITHOUT_RETRIEVAL),
    ),
    PublishedTable(
        "Translate-train-all, large models: trained on machine translations of the training data, not zero-shot",
        "translations",
        "VECO (arXiv 2010.16046), with rows of the models' own papers",
        _rows(_TRANSLATED),
    ),
)

"""BUCC 2018: which sentences of two heaps translate one another? Four languages and English, no training data.

Files: `bucc2018/zh-en.{dev,test}.{zh,en}` with `.gold`, or the makers' `zh-en/zh-en.{sample,training}.zh`. The
threshold is fitted on dev and applied to test. XTREME withholds the gold of its test; it is the makers' training gold.

Source: Zweigenbaum et al. 2018; Artetxe and Schwenk 2019 (arXiv 1811.01136) for the margin.
"""

from vecocli.xtreme.formats.bucc import read_mixed
from vecocli.xtreme.formats.hub import no_distractors
from vecocli.xtreme.hub import either
from vecocli.xtreme.task import MinedTask

TASK = MinedTask(
    name="bucc2018",
    languages=("de", "fr", "ru", "zh"),
    metric="f1",
    read=either(read_mixed, no_distractors),
)

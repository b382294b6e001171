"""Several systems side by side, each in a process of its own, for several rounds."""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

Found = dict[str, dict[str, Any]]
"""What each system measured, by its name."""


def rounds(systems: Sequence[str], count: int, threads: int, *, seeded: bool = False) -> list[Found]:
    """Run the script once for each system and round, with `--child SYSTEM`; it prints a JSON object last.

    Args:
        systems: Names.
        count: Rounds.
        threads: Of PyTorch.
        seeded: Also give each round a `--seed` of its own.
    """
    environment = os.environ | {"OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE"}
    found: list[Found] = []
    for number in range(count):
        found.append({})
        for system in systems:
            command = [sys.executable, *sys.argv, "--child", system, *(["--seed", str(number)] if seeded else [])]
            done = subprocess.run(command, env=environment, capture_output=True, check=False)
            if done.returncode:
                said = [line for line in done.stderr.decode().split("\n") if "it/s]" not in line]
                print(f"{system}: exit {done.returncode}; {chr(10).join(said)[-500:]}", file=sys.stderr)
            else:
                found[-1][system] = json.loads(done.stdout.splitlines()[-1])
                print(f"{system}: {found[-1][system]['rate']:.1f}/s", file=sys.stderr)
    return found


def ratio(found: Sequence[Found], system: str, reference: str, figure: str = "rate") -> float:
    """Return the median over the rounds of a system's figure over the reference's in the same round."""
    both = [one for one in found if system in one and reference in one]
    return statistics.median(one[system][figure] / one[reference][figure] for one in both) if both else float("nan")


def median(found: Sequence[Found], system: str, figure: str = "rate") -> float:
    """Return the median of a figure over the rounds."""
    return statistics.median(one[system][figure] for one in found if system in one)


def peak() -> float:
    """Peak memory of this process and its children, in MB."""
    usage = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(usage) / 1024


def setting(*packages: str) -> str:
    """Return date, processor and versions, for the line above a table."""
    return f"{date.today()}, {_processor()}, " + ", ".join(f"{name} {version(name)}" for name in packages)


def _processor() -> str:
    features = Path("/proc/cpuinfo").read_text()
    names = [line for line in features.split("\n") if line.startswith("model name")]
    bf16 = next((name for name in ("amx_bf16", "avx512_bf16") if name in features), "no bf16")
    return f"{names[0].partition(': ')[2] if names else platform.processor()} ({bf16})"

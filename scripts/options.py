"""Write the option tables of docs/commands from the commands' settings, or check them (`--check`).

A page holds its tables between two marks; the rest of it is written by hand.
"""

import importlib
import sys
from itertools import groupby
from pathlib import Path

from vecocli import registry
from vecocli.app import GROUPS
from vecocli.flags import ARGUMENTS, COMMON, OPTIONS, Flag, describe

PAGES = Path(__file__).parent.parent / "docs" / "commands"
BEGIN, END = "<!-- options: written by scripts/options.py -->\n", "<!-- end of options -->\n"


def main() -> int:
    """Write or check every page; returns the exit code."""
    stale = []
    for page, module in commands().items():
        path = PAGES / f"{page}.md"
        before = path.read_text(encoding="utf-8") if path.exists() else f"# veco {page}\n\n{BEGIN}{END}"
        head, _, rest = before.partition(BEGIN)
        after = head + BEGIN + tables(module) + END + rest.partition(END)[2]
        if after != before:
            stale.append(path.name)
            if "--check" not in sys.argv:
                path.write_text(after, encoding="utf-8")
    if stale and "--check" in sys.argv:
        print(f"out of date: {', '.join(stale)}; run python scripts/options.py", file=sys.stderr)
    return int(bool(stale) and "--check" in sys.argv)


def commands() -> dict[str, str]:
    """Return the module of every command by its page's name."""
    packages = {"": "vecocli.commands"} | {f"{group}-": f"vecocli.commands.{group}" for group in GROUPS}
    return {
        prefix + name: f"{package}.{name.replace('-', '_')}"
        for prefix, package in packages.items()
        for name in registry.names(package)
    }


def tables(module: str) -> str:
    """Return a command's flags as Markdown, one table a group."""
    flags = [*describe(importlib.import_module(module).CONFIG).values(), *COMMON]
    order = list(dict.fromkeys([ARGUMENTS, OPTIONS, *(flag.group for flag in flags)]))
    rows = sorted(flags, key=lambda flag: order.index(flag.group))
    return "\n" + "\n".join(table(group, list(members)) for group, members in groupby(rows, lambda flag: flag.group))


def table(group: str, flags: list[Flag]) -> str:
    """Return one group of flags as a Markdown table under its heading."""
    head = f"### {group}\n\n| flag | meaning | default | range |\n|---|---|---|---|\n"
    return head + "".join(row(flag) for flag in flags)


def row(flag: Flag) -> str:
    """Return one flag as a row; `|` would end a cell and is escaped."""
    typed = f"{flag.name}{'...' * flag.repeatable * (not flag.value)} {flag.value}".strip()
    text = flag.text + " May be given several times." * bool(flag.repeatable and flag.value)
    default = flag.default if flag.default in ("", "required") else f"`{flag.default}`"
    cells = (f"`{typed}`", text, default, flag.bounds)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    sys.exit(main())

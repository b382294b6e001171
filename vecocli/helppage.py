"""What a command's help page looks like: plain text in groups, whole at every width, examples to copy."""

import inspect
import re
from typing import Any

from typer.core import TyperCommand

from vecocli.flags import ARGUMENTS, GENERAL, OPTIONS


class GroupedCommand(TyperCommand):
    """A command whose flags stand under the headings of their groups, its own first, the general ones last."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what the usage line says after the command's name."""
        return ["[OPTIONS]", *(str(item.metavar) for item in self.get_params(ctx) if _group(item) == ARGUMENTS)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the flags."""
        groups: dict[str, list[tuple[str, str]]] = {name: [] for name in (ARGUMENTS, OPTIONS)}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                groups.setdefault(_group(parameter), []).append((_shorter(record[0], parameter), record[1]))
        for name in sorted(groups, key=GENERAL.__eq__):
            if groups[name]:
                with formatter.section(name):
                    formatter.write_dl(groups[name])


def summary(doc: str) -> str:
    """Return the first paragraph of a docstring on one line."""
    return inspect.cleandoc(doc).partition("\n\n")[0].replace("\n", " ")


def epilog(example: str) -> str:
    """Return the foot of a help page: the commands of an example, one a line, never wrapped."""
    lines = [line for line in inspect.cleandoc(example).splitlines() if line]
    return "\n".join(["\b", "Example:", *(f"  {line}" for line in lines)])


def _group(parameter: Any) -> str:
    return getattr(parameter, "rich_help_panel", None) or GENERAL


def _shorter(names: str, parameter: Any) -> str:
    """Leave out an argument's type, and write the two forms of a switch as one."""
    if _group(parameter) == ARGUMENTS:
        return str(parameter.metavar)
    return re.sub(r"^--(\S+) / --no-\1$", r"--[no-]\1", names)

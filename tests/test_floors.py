"""The house's floors: imports run one way, as the table of docs/architecture.md says."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = {"vecocli": ROOT / "vecocli", "veco_kernels": ROOT / "kernels" / "veco_kernels"}
HEAVY = {
    "torch",
    "transformers",
    "datasets",
    "accelerate",
    "tokenizers",
    "safetensors",
    "simalign",
    "sklearn",
    "scipy",
    "sentencepiece",
}


def _modules() -> dict[str, ast.Module]:
    """Every module of the house by its dotted name."""
    found = {}
    for package, folder in SOURCES.items():
        for file in folder.rglob("*.py"):
            parts = [package, *file.relative_to(folder).with_suffix("").parts]
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = ast.parse(file.read_text(encoding="utf-8"))
    return found


MODULES = _modules()


def _imports(tree: ast.AST) -> Iterator[str]:
    """What a piece of code imports, lazily or not: dotted names, of modules where they are modules of the house."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, "relative imports are not used here"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def _at_import(tree: ast.Module) -> Iterator[str]:
    """What is imported as soon as a module is: not inside functions, not for type checkers only."""
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _imports(node)


def _unit(module: str) -> str:
    """The name by which the table knows a module: the first part inside vecocli."""
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] or "__init__" if package == "vecocli" else package


def _ours(names: Iterator[str]) -> set[str]:
    return {name for name in names if name.partition(".")[0] in SOURCES}


def _table() -> dict[str, tuple[int, str]]:
    """Unit -> (floor, torch) from docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|[^|]+\| (yes|lazy|no) \|$", text, re.MULTILINE)
    return {unit: (int(floor), torch) for floor, units, torch in rows for unit in re.findall(r"`(\w+)`", units)}


FLOORS = _table()


def test_the_table_names_every_module_and_no_other() -> None:
    assert set(FLOORS) == {_unit(module) for module in MODULES}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_go_down_only(module: str) -> None:
    own = _unit(module)
    others = {target for target in _ours(_imports(MODULES[module])) if _unit(target) != own}
    assert not [target for target in others if FLOORS[_unit(target)][0] >= FLOORS[own][0]]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_torch_stays_where_the_table_has_it(module: str) -> None:
    torch = FLOORS[_unit(module)][1]
    names = _imports(MODULES[module]) if torch == "no" else _at_import(MODULES[module]) if torch == "lazy" else ()
    assert not {name.partition(".")[0] for name in names} & HEAVY


def test_kernels_know_nothing_of_the_rest() -> None:
    kernels = [tree for module, tree in MODULES.items() if module.startswith("veco_kernels")]
    assert kernels
    assert not {name for tree in kernels for name in _imports(tree) if name.startswith("vecocli")}


def test_every_import_is_a_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [lines for extra, lines in project["optional-dependencies"].items() if extra != "test"]
    declared = {re.split(r"[<>=]", line)[0] for line in chain(project["dependencies"], *extras)}
    imported = {name.partition(".")[0] for tree in MODULES.values() for name in _imports(tree)}
    foreign = imported - sys.stdlib_module_names - SOURCES.keys()
    assert "torch" in foreign
    same = {"yaml": "pyyaml", "pydantic_core": "pydantic", "sklearn": "scikit-learn"}
    assert not {same.get(name, name) for name in foreign} - declared


def test_there_are_no_circles() -> None:
    graph = {module: _ours(_imports(tree)) - {module} for module, tree in MODULES.items()}
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError with the circle
    assert set(order) == set(MODULES)


@pytest.mark.parametrize("module", sorted(set(MODULES) - {"vecocli.console"}))
def test_only_the_console_prints_and_only_the_app_ends_the_process(module: str) -> None:
    used = {ast.unparse(node) for node in ast.walk(MODULES[module]) if isinstance(node, ast.Name | ast.Attribute)}
    assert not used & {"print", "sys.stdout", "sys.stderr", "sys.exit", "os._exit"}
    assert "SystemExit" not in used or module == "vecocli.app"

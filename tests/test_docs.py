"""The documentation names what there is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vecocli import registry
from vecocli.app import GROUPS, build
from vecocli.config.pretraining import PretrainConfig
from vecocli.flags import describe


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
OBJECTIVES = _read(DOCS / "objectives.md")
EXAMPLE = r"^(?:    |\|.*\| `)(veco [^`\n]+)(?:` \|)?$"
COMMANDS = [(name, name) for name in registry.names("vecocli.commands")] + [
    (f"{group} {name}", f"{group}-{name}") for group in GROUPS for name in registry.names(f"vecocli.commands.{group}")
]
THINGS = [
    (package, name, page)
    for package, page in [
        ("vecocli.text.formats", "dictionaries.md"),
        ("vecocli.mining.aligners", "alignment.md"),
        ("vecocli.objectives", "objectives.md"),
        ("vecocli.xtreme.tasks", "tasks.md"),
    ]
    for name in registry.names(package)
]


@pytest.mark.parametrize(("command", "page"), COMMANDS)
def test_a_command_has_a_page_an_example_and_a_line_in_the_readme(command: str, page: str) -> None:
    text = _read(DOCS / "commands" / f"{page}.md")
    assert text.startswith(f"# veco {command}\n")
    assert f"\n    veco {command}" in text
    assert f"[`{command}`](docs/commands/{page}.md)" in _read(ROOT / "README.md")


def test_no_page_is_about_a_command_that_is_gone() -> None:
    assert {file.stem for file in (DOCS / "commands").glob("*.md")} == {page for _, page in COMMANDS}


def test_the_option_tables_are_those_of_the_settings() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "options.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("package", "name", "page"), THINGS)
def test_every_file_of_a_registry_loads_and_is_documented(package: str, name: str, page: str) -> None:
    assert registry.get(package, name).__doc__
    assert re.search(rf"`{name}`|^## {name}$", _read(DOCS / page), re.MULTILINE)


@pytest.mark.parametrize(
    ("flag", "default"), re.findall(r"^\| `--([a-z-]+)` \| `?([^|`]+)`? \|", OBJECTIVES, re.MULTILINE)
)
def test_the_defaults_of_the_objectives_are_those_of_the_settings(flag: str, default: str) -> None:
    described = describe(PretrainConfig)[flag.replace("-", "_")]
    assert described.default in (default, "")


def test_every_switch_of_an_objective_is_described() -> None:
    for name in registry.names("vecocli.objectives"):
        for field in PretrainConfig.model_fields:
            if field.startswith(f"{name.replace('-', '_')}_"):
                assert f"| `--{field.replace('_', '-')}` |" in OBJECTIVES


@pytest.mark.parametrize("line", [line for page in PAGES for line in re.findall(EXAMPLE, _read(page), re.MULTILINE)])
def test_a_command_that_a_page_shows_can_be_typed(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = line.split()[1:]
    package = ".".join(["vecocli.commands", *words[: words[0] in GROUPS]])
    module = registry.get(package, words[words[0] in GROUPS])
    seen: list[object] = []
    monkeypatch.setattr(module, "run", lambda config, screen: seen.append(config))
    result = CliRunner().invoke(build(), words)
    assert (result.exit_code, len(seen)) == (0, 1), result.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", _read(page)):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def test_the_readme_says_what_continuous_integration_runs() -> None:
    install, _, test = '    pip install -c constraints.txt -e ".[test]" && pytest\n'.strip().partition(" && ")
    assert f"{install} && {test}" in _read(ROOT / "README.md")
    lines = _read(ROOT / ".ci" / "run").splitlines()
    assert install in lines and test in lines


def test_the_constraints_pin_every_dependency_to_one_version() -> None:
    lines = [line for line in _read(ROOT / "constraints.txt").splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*", line) for line in lines)
    assert "torch==2.13.0" in lines

"""The folder `kernels` must not stand in for Hugging Face's package of that name."""

import importlib.util
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def _run(code: str, cwd: Path, *path: Path) -> str:
    """Run code as `python -c` does from a folder: that folder and then `path` come first in the search."""
    lines = ["import sys", f"sys.path[:0] = {[str(cwd), *map(str, path)]!r}", code]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_folder_is_no_package() -> None:
    assert not (ROOT / "kernels" / "__init__.py").exists()
    assert [folder.name for folder in (ROOT / "kernels").iterdir() if (folder / "__init__.py").exists()] == [
        "veco_kernels"
    ]


def test_a_package_named_kernels_wins_from_the_root_of_the_repository(tmp_path: Path) -> None:
    package = tmp_path / "kernels"
    package.mkdir()
    (package / "__init__.py").write_text("def get_kernel() -> str:\n    return 'theirs'\n", encoding="utf-8")
    code = "import vecocli, veco_kernels, kernels; print(kernels.get_kernel(), kernels.__file__)"
    assert _run(code, ROOT, ROOT / "kernels", tmp_path) == f"theirs {package / '__init__.py'}"


def test_veco_installs_no_package_named_kernels() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    patterns = setup["packages"]["find"]["include"]
    assert fnmatch("veco_kernels", patterns[1])
    assert not [pattern for pattern in patterns if fnmatch("kernels", pattern)]


def test_the_tests_themselves_see_no_package_of_this_repository_named_kernels() -> None:
    spec = importlib.util.find_spec("kernels")  # at most the bare folder, which gives way to every package
    assert spec is None or spec.origin is None or ROOT not in Path(spec.origin).parents


def test_transformers_takes_the_folder_for_no_package() -> None:
    code = (
        "from transformers import AutoModel\nfrom transformers.utils import is_kernels_available\n"
        "import importlib.metadata\n"
        "names = {name.lower() for name in importlib.metadata.packages_distributions().get('kernels', [])}\n"
        "print(AutoModel.__name__, is_kernels_available() and not names)"
    )
    assert _run(code, ROOT, ROOT / "kernels") == "AutoModel False"

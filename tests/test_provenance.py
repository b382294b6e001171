import sys
from importlib.metadata import version

from vecocli import __version__, provenance


def test_says_what_computed_a_result():
    found = provenance.versions()
    assert found["veco"] == __version__
    assert found["torch"] == version("torch")
    assert found["transformers"] == version("transformers")
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))


def test_leaves_out_what_is_not_installed(monkeypatch):
    monkeypatch.setattr(provenance, "PACKAGES", ("no-such-package", "torch"))
    assert set(provenance.versions()) == {"veco", "python", "torch"}

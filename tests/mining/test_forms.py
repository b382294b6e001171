import pytest

from vecocli.mining import forms
from vecocli.mining.forms import Forms


def test_forms_are_normal_with_single_blanks_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "MOST", 2)
    found = Forms()
    assert [found["Give \u00a0 UP"], found["Groß"], found["L’été"]] == ["give up", "gross", "l'été"]
    assert dict(found) == {"L’été": "l'été"}

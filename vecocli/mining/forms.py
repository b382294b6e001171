"""Normal forms of words and phrases, remembered, because running text repeats itself."""

from vecocli.text.segment import normal_form

MOST = 500_000  # about 100 MB


class Forms(dict[str, str]):
    """A word or phrase as written -> its normal form with single blanks; forgets all when it grows too large."""

    def __missing__(self, text: str) -> str:
        if len(self) >= MOST:
            self.clear()
        form = self[text] = " ".join(normal_form(text).split())
        return form

import gc

import pytest

from vecocli.text.garbage import uncollected


def test_collection_is_off_inside_and_as_before_outside() -> None:
    assert gc.isenabled()
    with pytest.raises(ValueError, match="odd"), uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
        raise ValueError("odd")
    assert gc.isenabled()

import pytest

from kb.errors import KbError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KbError("it broke"), "it broke"),
        (KbError("it broke", path="kb.toml"), "kb.toml: it broke"),
        (KbError("it broke", path="kb.toml", line=3), "kb.toml:3: it broke"),
        (KbError("it broke", hint="Mend it."), "it broke\nMend it."),
    ],
)
def test_an_error_names_the_place_the_fault_and_the_way_out(error: KbError, expected: str) -> None:
    assert str(error) == expected

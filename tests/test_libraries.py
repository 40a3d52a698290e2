"""Every tiny knowledge base comes to what is written beside it. `--update-golden` writes that anew."""

from pathlib import Path

import pytest
from knowledge_base import Outcome, cases_in, lay_out

from kb import CODES

HERE = Path(__file__).parent / "libraries"
FILES = sorted(HERE.glob("*.yml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_library(path: Path, tmp_path: Path, update_golden: bool) -> None:
    cases = cases_in(path)
    found = [Outcome.of(lay_out(tmp_path / str(n) / "kb", case.files, case.config)) for n, case in enumerate(cases)]
    if update_golden:
        text = "---\n".join(case.source + outcome.text() for case, outcome in zip(cases, found, strict=True))
        path.write_text(text, encoding="utf-8")
        return
    for case, outcome in zip(cases, found, strict=True):
        assert outcome.text() == case.expected.text(), f"{path.name}: --update-golden writes what was found"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_fault_has_a_harmless_twin(path: Path, update_golden: bool) -> None:
    if update_golden:
        pytest.skip("the expectations are being written")
    faulty, twin = cases_in(path)
    assert faulty.fault in faulty.expected.codes
    assert faulty.fault not in twin.expected.codes
    assert twin.expected.records, "the twin is read"
    assert not any(" error[" in line for line in twin.expected.findings), "the twin passes"


def test_every_code_is_found_in_some_library(update_golden: bool) -> None:
    if update_golden:
        pytest.skip("the expectations are being written")
    found = {code for path in FILES for case in cases_in(path)[:1] for code in case.expected.codes}
    assert found - {"error"} == set(CODES)

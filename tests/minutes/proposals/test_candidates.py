"""Candidates for texts and papers of all sizes."""

from collections.abc import Sequence
from typing import Any

import pytest
from rapidfuzz.process import cdist

from minutes.proposals import candidates as finding
from minutes.proposals.candidates import candidates
from minutes.terms.terms import MeetingVocabulary, Paper, Term, collect


def test_a_long_segment_and_many_terms_are_compared_a_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = list[int]()

    def noted(spans: Sequence[str], terms: Sequence[str], **how: Any) -> Any:
        compared.append(len(spans) * len(terms))
        return cdist(spans, terms, **how)

    monkeypatch.setattr(finding, "cdist", noted)
    monkeypatch.setattr(finding, "MOST_COMPARED", 40_000)
    many = [Term(f"語{n}", "ゴ" + "ア" * (9 + n % 3), "", False, 1, 0) for n in range(2_000)]
    printed = collect([Paper("資料", "市道汐見線の改良")])
    text = "次は指導しおみ線の件です。" * 3
    found = candidates(text, MeetingVocabulary((*many, *printed.terms), printed.text))
    assert [one.start for one in found if one.new == "市道汐見"] == [2, 15, 28]
    assert len(compared) > 3 and max(compared) <= 40_000


@pytest.mark.parametrize("text", ["", "1234567890" * 200, "あいうえお" * 20, "Budget 2026. " * 20])
def test_places_are_those_of_the_text_whatever_it_holds(text: str) -> None:
    found = candidates(text, collect([Paper("資料", "定刻に開会する。※●12,345")]))
    assert all(text[one.start : one.end] == one.old for one in found)

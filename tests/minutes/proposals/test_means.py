"""By what a text is corrected, and what is said where something is lacking."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.conversion import dictionary
from minutes.proposals.means import CorrectionMeans, means_of
from models.document import Document
from models.meeting import Meeting
from tests.conftest import Cast
from web.demo import builders


def test_a_meeting_without_papers_says_so_until_it_has_one_that_everybody_may_read(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> None:
    assert not means_of(session, meeting).has_papers
    source = builders.folder("dx-council")
    builders.add_materials(session, storage, cast.organiser, meeting, source)
    session.flush()
    assert means_of(session, meeting).has_papers
    for document in session.query(Document):
        document.readers.append(cast.presenter)
    session.flush()
    assert not means_of(session, meeting).has_papers


def test_a_missing_dictionary_is_told(
    session: Session, meeting: Meeting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dictionary, "FOLDER", tmp_path)
    assert not means_of(session, meeting).has_dictionary


def test_one_sentence_says_what_is_lacking() -> None:
    assert CorrectionMeans(has_papers=True, has_dictionary=True).remark == ""
    without_papers = CorrectionMeans(has_papers=False, has_dictionary=True)
    assert without_papers.remark.startswith("資料がないため、辞書と音だけで直しています。")
    assert "辞書が入っていない" in CorrectionMeans(has_papers=True, has_dictionary=False).remark
    neither = CorrectionMeans(has_papers=False, has_dictionary=False).remark
    assert "資料がなく" in neither and "辞書も入っていない" in neither

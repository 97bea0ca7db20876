"""How many seconds of a meeting folder find their item."""

from pathlib import Path

import pytest

from meetings.errors import InvalidInput
from minutes.evaluation.items import table, topics_of
from web.demo.builders import FOLDERS


def test_every_text_of_a_folder_has_a_line_with_and_without_turns() -> None:
    lines = list(table(FOLDERS / "finance-committee"))
    assert [line.split()[1:3] for line in lines[::4]] == [["exact", "no"], ["heard", "no"]]
    assert len(lines) == 8 and all("finance-committee" in line for line in lines)


@pytest.mark.parametrize("name", ["dx-council", "finance-committee", "section-meeting"])
def test_nine_of_ten_seconds_of_the_exact_text_are_right(name: str) -> None:
    (line, *_) = table(FOLDERS / name)
    assert float(line.split("%")[0].split()[-1]) > 90


def test_a_folder_without_items_in_its_reference_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"reference\.json"):
        list(table(tmp_path))


def test_an_agenda_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "meeting.json").write_text('{"agenda": [{"name": 1}]}', encoding="utf-8")
    with pytest.raises(InvalidInput, match="議題を読めません"):
        topics_of(tmp_path)

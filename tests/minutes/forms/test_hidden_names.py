"""Who speaks is called by their part in the meeting, the same through the whole record."""

from minutes.forms.hidden_names import HiddenNames
from minutes.records.content import Attendee
from tests.minutes.forms.sample import CHAIR, CHIEF, FIRST, SECOND, sample, sentence


def test_members_have_letters_in_the_order_in_which_they_speak_and_staff_has_none() -> None:
    hidden = HiddenNames(sample())
    assert [hidden.label(name) for name in (CHAIR, SECOND, FIRST, CHIEF, "")] == [
        "委員長", "委員A", "委員B", "事務局", "",
    ]  # fmt: skip
    assert hidden.label("𠮷田実") == "委員B"


def test_who_is_on_no_list_is_a_speaker_with_a_letter() -> None:
    content = sample()
    content.sections[1].paragraphs.append(sentence("声1", "はい。", 9))
    assert HiddenNames(content).label("声1") == "発言者A"


def test_names_inside_the_text_are_hidden_too_and_other_words_stay() -> None:
    hidden = HiddenNames(sample())
    assert hidden.hide("𠮷田委員、三浦課長と桐生 正臣さんの、三浦半島の") == (
        "委員B、事務局と委員長の、三浦半島の"
    )
    assert hidden.hide("槗本です。三浦と申します。") == "委員Aです。事務局と申します。"


def test_a_family_name_of_two_members_is_no_letter_of_one_of_them() -> None:
    content = sample()
    content.attendees.append(Attendee(name="𠮷田 花", title="委員"))
    assert HiddenNames(content).hide("𠮷田委員の") == "委員の"


def test_after_twenty_six_members_there_are_more_letters() -> None:
    content = sample()
    content.attendees = [Attendee(name=f"山 {n:02}", title="委員") for n in range(28)]
    assert HiddenNames(content).label("山 27").startswith("委員A")

"""Counts what nobody has confirmed of the text that minutes are made from, shown before they are
approved and published: unconfirmed segments, and voices that still have no name.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from meetings.errors import NotPossibleNow
from minutes.recordings.parts import is_voice
from minutes.records.content import Content
from models.recording import Transcription
from models.transcript import Segment, Transcript


@dataclass(frozen=True)
class Unread:
    """What nobody has confirmed: `segments` with `letters` of `all_letters` letters; `voices`, the
    names that unnamed voices have in the minutes (声1), which speak `voice_paragraphs` paragraphs.
    """

    segments: int
    letters: int
    all_letters: int
    voices: tuple[str, ...] = ()
    voice_paragraphs: int = 0

    @property
    def is_nothing(self) -> bool:
        """Return whether every segment is confirmed and every voice has a name."""
        return not self.segments and not self.voices

    @property
    def percent(self) -> int:
        """Return the share of unconfirmed letters in percent, rounded up, but 100 only when all
        are.
        """
        if self.letters == self.all_letters:
            return 100 if self.letters else 0
        return min(99, -(-100 * self.letters // self.all_letters))

    @property
    def sentences(self) -> list[str]:
        """Return Japanese sentences for whoever asks for approval, approves or publishes; none
        when everything is confirmed.
        """
        found = []
        if self.segments:
            found.append(
                f"まだ人が確認していない発話が{self.segments:,}件・{self.letters:,}字あります"
                f"（全体の{self.percent}％）。"
            )
        if self.voices:
            found.append(
                f"名前の決まっていない発言者がいます：{'、'.join(self.voices)}"
                f"（発言{self.voice_paragraphs:,}件）。"
            )
        return found


def unread(session: Session, transcript_ids: Sequence[int], content: Content) -> Unread:
    """Return what is unread of minutes with this content, drafted from these transcripts."""
    return Unread(*_segments(session, transcript_ids), *_voices(content))


def refuse_unread(found: Unread) -> None:
    """Raise NotPossibleNow when anything is unread, for a city that lets nothing unread become
    minutes.
    """
    if not found.is_nothing:
        raise NotPossibleNow(
            f"{''.join(found.sentences)}この市の設定では、すべての発話を確認し、発言者の名前を"
            "決めてからでなければ、承認や公開ができません。校正の画面で発話を確認し、"
            "会議録の発言者を名前に直してください。"
        )


def _segments(session: Session, transcript_ids: Sequence[int]) -> tuple[int, int, int]:
    """Return how many segments are unconfirmed, their letters, and all letters. Segments without
    words do not count, and a transcript that was imported from a file was written by a person.
    """
    letters = func.length(Segment.text)
    is_unread = and_(Segment.confirmed_at.is_(None), Transcription.imported_file_name == "")
    row = session.execute(
        select(
            func.count().filter(is_unread),
            func.coalesce(func.sum(letters).filter(is_unread), 0),
            func.coalesce(func.sum(letters), 0),
        )
        .join_from(Segment, Transcript)
        .join(Transcription)
        .where(Segment.transcript_id.in_(transcript_ids), Segment.text != "")
    ).one()
    return row[0], row[1], row[2]


def _voices(content: Content) -> tuple[tuple[str, ...], int]:
    """Return the unnamed voices in the order in which they speak, and how many paragraphs they
    say.
    """
    said = [
        paragraph.speaker
        for section in content.sections
        for paragraph in section.paragraphs
        if is_voice(paragraph.speaker)
    ]
    return tuple(dict.fromkeys(said)), len(said)

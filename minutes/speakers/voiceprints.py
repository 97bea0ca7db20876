"""Voiceprints (声紋) of a series: personal data. They are off until somebody switches them on, made
only of people who agreed, deletable at any time, and deleted when they expire. Each step leaves its
audit line.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Engine, delete, exists, select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.config import Config
from meetings.disk.expiry import Overdue
from meetings.errors import InvalidInput, NotFound, NotPossibleNow
from minutes.speakers import samples
from minutes.voices import embeddings, weights
from models.base import now
from models.database import reading, writing
from models.meeting import Series
from models.person import Person
from models.transcript import Segment, Speaker, Transcript, VoiceSample
from models.voiceprint import Voiceprint

NAME_OF_NOBODY = re.compile(r"声\d+")


class Condition(StrEnum):
    """Whether a voiceprint can be compared with voices that are heard now."""

    USABLE = "usable"
    OTHER_WEIGHTS = "other_weights"
    BROKEN = "broken"

    @property
    def label(self) -> str:
        """Return a Japanese sentence that says why it cannot be used and what to do; empty for a
        usable one.
        """
        return {
            Condition.USABLE: "",
            Condition.OTHER_WEIGHTS: "聞き分けの重みが替わったため、いまは比べられません。"
            "次に同意を得て名前を付けると作り直されます。",
            Condition.BROKEN: "内容が壊れていて使えません。消して、次に同意を得て名前を付けると"
            "作り直されます。",
        }[self]


@dataclass(frozen=True)
class ListedVoiceprint:
    """A voiceprint, and whether it can be used."""

    voiceprint: Voiceprint
    condition: Condition


def switch_on(session: Session, by: Person, series: Series, config: Config) -> None:
    """Let the series make voiceprints. Raises NotPossibleNow where diarisation is off or has no
    weights.
    """
    if not config.speakers.tell_apart:
        raise NotPossibleNow(
            "サーバーの設定で発言者の聞き分けを止めているため、声紋は使えません。管理者に、設定の "
            "speakers.tell_apart を true にするよう相談してください。"
        )
    if not weights.are_there() or not weights.embedding_sha256(config):
        raise NotPossibleNow(
            "声を聞き分けるための重みがサーバーにないため、声紋は使えません。管理者に、"
            "`make install` で入れるよう相談してください。"
        )
    if not series.keeps_voiceprints:
        series.keeps_voiceprints = True
        audit.note(session, by, "switch_voiceprints_on", series)


def switch_off(session: Session, by: Person, series: Series) -> int:
    """Delete all voiceprints and voice samples of the series, and make no more. Returns how many
    voiceprints there were.
    """
    count = forget_all(session, by, series)
    samples.forget_of_series(session, series)
    if series.keeps_voiceprints:
        series.keeps_voiceprints = False
        audit.note(session, by, "switch_voiceprints_off", series)
    return count


def of_series(session: Session, series: Series) -> list[Voiceprint]:
    """Return the voiceprints that have not expired, by name."""
    return list(
        session.scalars(
            select(Voiceprint)
            .where(Voiceprint.series_id == series.id, Voiceprint.expires_at > now())
            .order_by(Voiceprint.name)
        )
    )


def listed(session: Session, series: Series, config: Config) -> list[ListedVoiceprint]:
    """Return the voiceprints that have not expired, and whether each can be used."""
    current = weights.embedding_sha256(config)
    return [
        ListedVoiceprint(each, _condition(each, current)) for each in of_series(session, series)
    ]


def print_of(session: Session, series: Series, voiceprint_id: int) -> Voiceprint:
    """Return the voiceprint of this id in the series. Raises NotFound."""
    found = session.get(Voiceprint, voiceprint_id) if voiceprint_id < 2**63 else None
    if found is None or found.series_id != series.id:
        raise NotFound()
    return found


def make(session: Session, by: Person, voice: Speaker, days: int) -> Voiceprint:
    """Make a voiceprint of the voice, valid for `days`, or renew the one of that name. `by`
    vouches that the person has agreed. Raises NotPossibleNow where the series keeps none or the
    voice has no samples, InvalidInput for a voice without a name.
    """
    transcript = voice.transcript
    series = transcript.meeting.series
    if not series.keeps_voiceprints:
        raise NotPossibleNow(
            "この会議体では声紋を使っていません。主催者が「会議体の声紋」の画面で始められます。"
        )
    if NAME_OF_NOBODY.fullmatch(voice.name):
        raise InvalidInput("name", "声紋を残すには、「声1」などではなく人の名前を付けてください。")
    found = samples.of_voice(session, voice)
    if found is None:
        raise NotPossibleNow(
            f"「{voice.name}」には、ほかの声と重ならずに聞き取れた発話がないため、声紋は残せません。"
            "同意の印を外すと、名前だけを付けられます。声紋を使い始める前や承認の前に聞き分けたもの"
            "なら、録音の画面の「発言者をもう一度聞き分ける」のあとで残せます。"
        )
    known = _named(session, series, voice.name)
    kept = known or Voiceprint(series=series, name=voice.name)
    kept.embedding, kept.weights_sha256 = embeddings.to_bytes(found[0]), found[1]
    kept.transcription = transcript.transcription
    kept.consent_by, kept.consent_at = by, now()
    kept.expires_at = kept.consent_at + timedelta(days=days)
    session.add(kept)
    audit.note(session, by, "renew_voiceprint" if known else "make_voiceprint", kept)
    return kept


def forget(session: Session, by: Person | None, voiceprint: Voiceprint) -> None:
    """Delete the voiceprint."""
    audit.note(session, by, "delete_voiceprint", voiceprint)
    session.delete(voiceprint)
    session.flush()


def forget_all(session: Session, by: Person, series: Series) -> int:
    """Delete all voiceprints of the series, expired ones too. Returns how many there were."""
    found = session.scalars(select(Voiceprint).where(Voiceprint.series_id == series.id)).all()
    for each in found:
        forget(session, by, each)
    return len(found)


def made_from(session: Session, voice: Speaker) -> Voiceprint | None:
    """Return the voiceprint that this transcript made for the name of this voice, or None."""
    found = _named(session, voice.transcript.meeting.series, voice.name)
    is_ours = found and found.transcription_id == voice.transcript.transcription_id
    return found if is_ours else None


def forget_made_from(session: Session, by: Person, voice: Speaker) -> None:
    """Delete the voiceprint that this transcript made for the voice's name: the voice turns out to
    be somebody else's.
    """
    kept = made_from(session, voice)
    if kept is not None:
        forget(session, by, kept)


def forget_unused(session: Session, by: Person, transcript: Transcript) -> None:
    """Delete the voiceprints that this transcript made for names which none of its segments has
    any more, since the naming was undone.
    """
    speaking = select(Segment.speaker_id).where(
        Segment.transcript_id == transcript.id, Segment.speaker_id.is_not(None)
    )
    session.flush()
    silent = select(Speaker).where(
        Speaker.transcript_id == transcript.id, Speaker.id.not_in(speaking)
    )
    for voice in session.scalars(silent):
        forget_made_from(session, by, voice)


def remake_after_split(session: Session, by: Person, voice: Speaker) -> None:
    """Make the voiceprint anew of the segments that are left to this voice, or delete it where
    there are none: two people had been taken for one.
    """
    kept = made_from(session, voice)
    if kept is None:
        return
    left = samples.of_voice(session, voice)
    if left is None:
        forget(session, by, kept)
        return
    kept.embedding = embeddings.to_bytes(left[0])
    audit.note(session, by, "change_voiceprint", kept)


def clear(engine: Engine, overdue: Overdue) -> bool:
    """Delete expired voiceprints and old samples, once `overdue` has confirmed that they are.
    Until then they are not used. Returns False: there is never more to do at once.
    """
    at = now()
    old = samples.is_old(at)
    with reading(engine) as session:
        over: set[int | str] = set(
            session.scalars(select(Voiceprint.id).where(Voiceprint.expires_at <= at))
        )
        if session.scalar(select(exists().where(old))):
            over.add("samples")
    gone = overdue.confirm(over)
    if not gone:
        return False
    with writing(engine) as session, session.begin():
        expired = select(Voiceprint).where(Voiceprint.expires_at <= at)
        for each in session.scalars(expired).all():
            if each.id in gone:
                audit.note(session, None, "expire", each)
                session.delete(each)
        if "samples" in gone:
            session.execute(delete(VoiceSample).where(old))
    return False


def _named(session: Session, series: Series, name: str) -> Voiceprint | None:
    return session.scalar(
        select(Voiceprint).where(Voiceprint.series_id == series.id, Voiceprint.name == name)
    )


def _condition(voiceprint: Voiceprint, current_sha256: str) -> Condition:
    if embeddings.from_bytes(voiceprint.embedding) is None:
        return Condition.BROKEN
    is_comparable = voiceprint.weights_sha256 == current_sha256
    return Condition.USABLE if is_comparable else Condition.OTHER_WEIGHTS

"""Settings of what people work with: documents, mail, speech, minutes."""

from dataclasses import field
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, model_validator
from pydantic.dataclasses import dataclass

from meetings import style_choices
from meetings.settings.kinds import CHECKED, Count, ShownInstead, Spelling
from meetings.style_choices import Removal


@dataclass(frozen=True, config=CHECKED)
class CitySettings:
    name: str = "若葉市"


@dataclass(frozen=True, config=CHECKED)
class LimitSettings:
    recording_mb: Count = 2000
    recording_hours: Count = 24
    upload_mb: Count = 8000
    upload_days: Count = 7
    silent_minutes: Count = 30
    spare_mb: Count = 1000
    document_mb: Count = 200
    document_pages: Count = 5000
    transcript_mb: Count = 40


@dataclass(frozen=True, config=CHECKED)
class DocumentSettings:
    access_days: Count = 0
    office_seconds: Count = 120

    @property
    def days_of_access(self) -> int | None:
        """Return for how many days after a new meeting its documents can be read; None for no
        end."""
        return self.access_days or None


@dataclass(frozen=True, config=CHECKED)
class MailSettings:
    smtp_host: str = ""
    smtp_port: Count = 25
    smtp_user: str = ""
    smtp_password: str = ""
    security: Literal["none", "starttls", "tls"] = "none"
    sender: str = ""
    reminder_days: Count = 1

    @model_validator(mode="after")
    def _has_a_sender(self) -> Self:
        if self.smtp_host and "@" not in self.sender:
            raise ValueError("mail.sender に、差出人のメールアドレスを書いてください。")
        return self


@dataclass(frozen=True, config=CHECKED)
class SpeechSettings:
    model: str = ""
    threads: Count = 0
    first_chunk_seconds: Count = 300
    chunk_seconds: Count = 600
    second_hearing: StrictBool = False


@dataclass(frozen=True, config=CHECKED)
class SpeakerSettings:
    tell_apart: StrictBool = True
    folder: str = ""
    voiceprint_days: Annotated[Count, Field(ge=1, le=3650)] = 730
    voiceprint_likeness: Annotated[float, Field(strict=True, gt=0, lt=1)] = 0.75


@dataclass(frozen=True, config=CHECKED)
class WatchSettings:
    interval_seconds: Count = 5
    settle_seconds: Count = 15
    largest_mb: Count = 8000


@dataclass(frozen=True, config=CHECKED)
class MinutesSettings:
    """The style of official minutes (meetings/style_choices.py). `approve_unread`: whether they may
    be approved and published while nobody has passed some of their text. What ends with
    `_shown_as` stands in the public copy in the place of a passage that is closed."""

    fillers: Removal = Removal.REMOVE
    repeats: Removal = Removal.REMOVE
    numbers: style_choices.Numbers = style_choices.Numbers.HALF
    letters: style_choices.Letters = style_choices.Letters.HALF
    years: style_choices.Years = style_choices.Years.AS_THEY_ARE
    endings: style_choices.Endings = style_choices.Endings.AS_THEY_ARE
    annotations: style_choices.Annotations = style_choices.Annotations.ROUND
    speakers: style_choices.Speakers = style_choices.Speakers.NAME
    spelling: tuple[Spelling, ...] = (
        "下さ=くださ",
        "出来=でき",
        "致し=いたし",
        "事=こと",
        "為=ため",
    )
    approve_unread: StrictBool = True
    closed_session_shown_as: ShownInstead = "〔略〕"
    revoked_shown_as: ShownInstead = "〔発言取消し〕"
    personal_shown_as: ShownInstead = "〔略〕"


@dataclass(frozen=True, config=CHECKED)
class DigestSettings:
    """A language model of the city's own network that drafts digests, by the address of its
    OpenAI-compatible interface (「http://…/v1」); none without an address. `seconds`: how long one
    agenda item may take."""

    address: str = ""
    model: str = ""
    key: str = ""
    seconds: Count = 60


@dataclass(frozen=True, config=CHECKED)
class SigningSettings:
    """The key with which approved records are signed. `pkcs12`: a file (.p12, .pfx) with its
    `passphrase`; empty: a certificate by the city's own authority."""

    pkcs12: str = ""
    passphrase: str = field(default="", repr=False)

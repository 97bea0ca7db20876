"""How a guest comes to a check, by its link and code: it opens their own words alone, and is no
sign-in.
"""

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import NotFound, TooManyTries, WrongCode
from meetings.people import passwords, sign_ins, throttling, tokens
from minutes.checks import checks
from models.audit import Result
from models.base import now
from models.database import reading, writing
from models.speech_check import SpeechCheck


def check_of(session: Session, token: str) -> SpeechCheck:
    """Return the check with this link, while it is open. Raises NotFound, CheckClosed."""
    sha256 = sign_ins.hash_of(tokens.plain_token(token))
    found = session.scalar(select(SpeechCheck).where(SpeechCheck.token_sha256 == sha256))
    if found is None:
        raise NotFound()
    checks.refuse_closed(found)
    return found


def enter(engine: Engine, token: str, code: str, address: str) -> tuple[int, str]:
    """Return the check's id and the key by which this browser opens it from now on. The code is
    compared with no transaction open. Raises WrongCode, which is counted, TooManyTries, NotFound,
    CheckClosed.
    """
    with reading(engine) as session:
        check = check_of(session, token)
        _refuse_guessing(check)
        kept = check.code_hash or ""
    is_right = passwords.matches(kept, code.strip())
    with writing(engine) as session, session.begin():
        check = check_of(session, token)
        _refuse_guessing(check)
        if is_right:
            return check.id, key_of(check)
        check.wrong_codes, check.last_wrong_at = check.wrong_codes + 1, now()
        audit.note_refusal(
            session,
            "code",
            address,
            check.person_id,
            audit.Named.of(check),
            result=Result.MISTYPED,
        )
    raise WrongCode()


def key_of(check: SpeechCheck) -> str:
    """Return the key that a browser keeps after the code was right; "" where there is no link."""
    return sign_ins.hash_of(check.token_sha256) if check.token_sha256 else ""


def _refuse_guessing(check: SpeechCheck) -> None:
    left = throttling.CODE.left(check.wrong_codes, check.last_wrong_at)
    if left:
        raise TooManyTries(
            throttling.whole_seconds(left),
            f"番号の間違いが続いたため、あと{throttling.in_words(left)}は受け付けません。"
            "そのあとで、もう一度入力してください。",
        )

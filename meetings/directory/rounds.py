"""Rounds: the whole directory is read, and all accounts are brought in line with it.

Read with nothing open, compared without a lock, then written one person at a time: nobody who works
at night waits. Whoever is gone from the directory ends, unless so many are gone at once that the
answer is more likely wrong than true.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from meetings import dates
from meetings.config import Config
from meetings.directory import accounts
from meetings.directory.accounts import AccountSource
from meetings.directory.known import KnownPerson
from meetings.directory.ldap import Directory
from meetings.errors import DirectoryUnreachable, InvalidInput, NotPossibleNow
from meetings.people import logins, people
from models.base import now
from models.database import reading, writing
from models.outside import DIRECTORY, DirectoryRound, OutsideIdentity
from models.person import Person

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 600.0
"""Between two looks whether a round is due."""
AGAIN_AFTER = timedelta(hours=1)
"""After a round in which the directory did not answer."""
FEW = 2
"""Leavers who are believed whatever share they are: a small city is not many."""


class RoundStepKind(StrEnum):
    """What a round does with one person."""

    ADD = "add"
    CHANGE = "change"
    REINSTATE = "reinstate"
    END = "end"
    HOLD_BACK = "hold_back"
    REFUSE = "refuse"

    @property
    def label(self) -> str:
        return {
            RoundStepKind.ADD: "登録",
            RoundStepKind.CHANGE: "変更",
            RoundStepKind.REINSTATE: "利用再開",
            RoundStepKind.END: "利用終了",
            RoundStepKind.HOLD_BACK: "利用終了の見送り",
            RoundStepKind.REFUSE: "取り込めない",
        }[self]


@dataclass(frozen=True)
class RoundStep:
    """`what`: what changes, or why it cannot be done. `known`: what the directory says; None of
    somebody who is gone, whose identity is `identity_id`."""

    kind: RoundStepKind
    login: str
    name: str
    what: str = ""
    known: KnownPerson | None = field(default=None, repr=False)
    identity_id: int | None = None


def run(config: Config, engine: Engine, *, accept_leavers: bool = False) -> list[RoundStep]:
    """Do a round and return what was done. With `accept_leavers` all who are gone end, however many
    they are: somebody has looked. Raises DirectoryUnreachable, which is noted too."""
    began_at = now()
    try:
        found = Directory.of(config).everybody()
    except DirectoryUnreachable as problem:
        LOG.warning("the directory cannot be asked: %s", problem.reason)
        with writing(engine) as session, session.begin():
            session.add(DirectoryRound(began_at=began_at, problem=problem.message))
        raise
    source = AccountSource.directory(config)
    with reading(engine) as session:
        steps = plan(config, session, found, accept_leavers=accept_leavers)
    done = [_done(engine, source, step) for step in steps]
    with writing(engine) as session, session.begin():
        session.add(_noted(began_at, done))
    return done


def preview(config: Config, engine: Engine) -> list[RoundStep]:
    """Return what a round would do now, and do nothing. Raises DirectoryUnreachable."""
    found = Directory.of(config).everybody()
    with reading(engine) as session:
        return plan(config, session, found)


def plan(
    config: Config,
    session: Session,
    found: Sequence[KnownPerson],
    *,
    accept_leavers: bool = False,
) -> list[RoundStep]:
    """Return what is to be done for the accounts to be as the directory says."""
    source = AccountSource.directory(config)
    logins_found = Counter(logins.folded(known.login) for known in found)
    steps = []
    for known in found:
        is_alone = logins_found[logins.folded(known.login)] == 1
        step = _step_for(session, source, known, is_alone)
        steps += [step] if step else []
    leavers = list(_leavers(session, {known.subject for known in found if not known.is_disabled}))
    is_credible = accept_leavers or _is_credible(config, session, len(leavers))
    kind = RoundStepKind.END if is_credible else RoundStepKind.HOLD_BACK
    return steps + [
        RoundStep(kind, one.person.login, one.person.name, identity_id=one.id) for one in leavers
    ]


def is_due(config: Config, session: Session) -> bool:
    """Return whether the round of last night is still to be done: none has begun since the hour of
    the settings, or one did in which the directory did not answer."""
    here = dates.local(now())
    due_at = here.replace(hour=config.directory.sync_hour, minute=0, second=0, microsecond=0)
    due_at -= timedelta(days=1) if due_at > here else timedelta()
    last = last_round(session)
    if last is None or last.began_at < due_at:
        return True
    return last.ended_at is None and last.began_at < now() - AGAIN_AFTER


def last_round(session: Session) -> DirectoryRound | None:
    return session.scalar(select(DirectoryRound).order_by(DirectoryRound.id.desc()).limit(1))


def last_finished(session: Session) -> DirectoryRound | None:
    """Return the last round in which the directory answered."""
    finished = select(DirectoryRound).where(DirectoryRound.ended_at.is_not(None))
    return session.scalar(finished.order_by(DirectoryRound.id.desc()).limit(1))


def _step_for(
    session: Session, source: AccountSource, known: KnownPerson, is_alone: bool
) -> RoundStep | None:
    """Return what is to be done for somebody who is in the directory. `is_alone`: nobody else has
    this login there."""
    refused = RoundStep(RoundStepKind.REFUSE, known.login, known.name)
    if known.is_disabled:
        return None
    if not known.is_whole:
        return replace(refused, what="利用者ID、氏名、変わらない番号のどれかがありません。")
    if not is_alone:
        return replace(refused, what="同じ利用者IDの人が2人以上います。")
    try:
        person = accounts.account_of(session, source, known)
        if person is None:
            return RoundStep(RoundStepKind.ADD, known.login, known.name, known=known)
        identity = accounts.identity_of(session, source.issuer, known.subject)
        what = "、".join(accounts.differences(session, source, person, known))
    except (InvalidInput, NotPossibleNow) as problem:
        return replace(refused, what=problem.message)
    if identity is not None and identity.gone_at is not None:
        return RoundStep(RoundStepKind.REINSTATE, known.login, known.name, known=known)
    if what:
        return RoundStep(RoundStepKind.CHANGE, known.login, known.name, what, known=known)
    return None


def _leavers(session: Session, present: set[str]) -> Iterator[OutsideIdentity]:
    """Yield the identities of those who have an account and are not in the directory any more."""
    for identity in session.scalars(_with_account()):
        if identity.subject not in present:
            yield identity


def _is_credible(config: Config, session: Session, leaving: int) -> bool:
    """Return whether so many can really be gone."""
    every = session.scalar(select(func.count()).select_from(_with_account().subquery())) or 0
    if leaving == every:
        return leaving == 0
    return leaving <= FEW or leaving * 100 <= config.directory.most_leavers_percent * every


def _with_account() -> Select[OutsideIdentity]:
    """Select the identities of those whom the directory keeps and who have not left."""
    is_of_directory = (OutsideIdentity.issuer == DIRECTORY, OutsideIdentity.gone_at.is_(None))
    chosen = select(OutsideIdentity).join(OutsideIdentity.person)
    return chosen.where(*is_of_directory, ~Person.has_left).order_by(Person.login)


def _done(engine: Engine, source: AccountSource, step: RoundStep) -> RoundStep:
    """Do a step, and return it; where it cannot be done, with the reason."""
    if step.kind in (RoundStepKind.HOLD_BACK, RoundStepKind.REFUSE):
        return step
    try:
        with writing(engine) as session, session.begin():
            if step.known is not None:
                accounts.take_in(session, source, step.known)
            else:
                _end(session, step)
    except (InvalidInput, NotPossibleNow) as problem:
        LOG.warning("a person of the directory is left as they are: %s", problem.message)
        return replace(step, kind=RoundStepKind.REFUSE, what=problem.message)
    return step


def _end(session: Session, step: RoundStep) -> None:
    identity = session.get_one(OutsideIdentity, step.identity_id)
    people.end_person(session, None, identity.person)
    identity.gone_at = now()


def _noted(began_at: datetime, done: Sequence[RoundStep]) -> DirectoryRound:
    """Return the row that tells of a round."""
    count = Counter(step.kind for step in done)
    held_back = count[RoundStepKind.HOLD_BACK]
    return DirectoryRound(
        began_at=began_at,
        ended_at=now(),
        added=count[RoundStepKind.ADD],
        changed=count[RoundStepKind.CHANGE],
        reinstated=count[RoundStepKind.REINSTATE],
        left=count[RoundStepKind.END],
        held_back=held_back,
        refused=count[RoundStepKind.REFUSE],
        problem=_TOO_MANY.format(held_back) if held_back else "",
    )


_TOO_MANY = (
    "職員のディレクトリーから一度に{}人が消えました。まちがいかもしれないので、だれの利用も終わりに"
    "していません。gijido directory sync --dry-run で確かめ、正しければ gijido directory sync "
    "--accept-leavers を実行してください。"
)

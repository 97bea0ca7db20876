"""The rules of how long each kind is kept: the city's, and those of a series in their place. Where
nobody has made one, it is kept for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from meetings import audit, dates, entries
from meetings.errors import InvalidInput
from models.meeting import Meeting, Series
from models.person import Person
from models.retention import (
    RULED_KINDS,
    CountedFrom,
    KeptKind,
    PeriodUnit,
    RetentionRule,
    RetentionWarning,
)

MOST_YEARS = 100
FOR_EVER = "永年"
YEARS_OF_OFFICES = (1, 3, 5, 10, 30)
"""The periods that rules for documents (文書管理規程) know."""


@dataclass(frozen=True)
class KeptFor:
    """How long something is kept: for `amount` units from the event, or from the 1st of April
    after it; without an amount for ever.
    """

    amount: int | None = None
    unit: PeriodUnit = PeriodUnit.YEARS
    counted_from: CountedFrom = CountedFrom.APPROVAL
    is_from_april: bool = False

    @property
    def words(self) -> str:
        """Return 「5年（会議録の承認の翌年度の4月1日から）」, or 「永年」."""
        if self.amount is None:
            return FOR_EVER
        april = "の翌年度の4月1日" if self.is_from_april else ""
        return f"{self.amount}{self.unit.label}（{self.counted_from.label}{april}から）"

    def ends_at(self, event_at: datetime) -> datetime | None:
        """Return the first moment, a midnight of the city's time, at which it need not be kept any
        more; None for ever. The day of the event does not count.
        """
        if self.amount is None:
            return None
        if self.is_from_april:
            first = dates.fiscal_year_bounds(dates.fiscal_year(event_at))[1].date()
        else:
            first = dates.local(event_at).date() + timedelta(days=1)
        if self.unit == PeriodUnit.DAYS:
            first += timedelta(days=self.amount)
        elif (first.month, first.day) == (2, 29):
            first = first.replace(year=first.year + self.amount, month=3, day=1)
        else:
            first = first.replace(year=first.year + self.amount)
        return datetime.combine(first, time.min, dates.TOKYO)


@dataclass(frozen=True)
class RuleInForce:
    """How long a kind is kept, and whether the series says so itself."""

    kept_for: KeptFor
    is_own: bool


def in_force(session: Session, series: Series | None) -> dict[KeptKind, RuleInForce]:
    """Return the rule of every kind for a series, or for the city."""
    every = rules_by_series(session)
    city, own = every.get(None, {}), every.get(series.id, {}) if series else {}
    return {
        kind: RuleInForce(own.get(kind) or city.get(kind) or KeptFor(), kind in own)
        for kind in RULED_KINDS
    }


def rules_by_series(session: Session) -> dict[int | None, dict[KeptKind, KeptFor]]:
    """Return the rules that were made, by series; under None those of the city."""
    rows = session.scalars(select(RetentionRule).order_by(RetentionRule.series_id))
    return {
        series_id: {KeptKind(row.kind): _kept_for(row) for row in group}
        for series_id, group in groupby(rows, key=lambda row: row.series_id)
    }


def chosen(
    every: Mapping[int | None, Mapping[KeptKind, KeptFor]], series_id: int, kind: KeptKind
) -> KeptFor:
    """Return, of all rules, the one that holds for this kind in this series."""
    of_series, of_city = every.get(series_id, {}), every.get(None, {})
    return of_series.get(kind) or of_city.get(kind) or KeptFor()


def set_rule(
    session: Session, by: Person, series: Series | None, kind: KeptKind, kept_for: KeptFor
) -> None:
    """Keep this kind so long, in a series or in the city. Raises InvalidInput."""
    _check(kind, kept_for)
    known = _row(session, series, kind)
    if known is not None and _kept_for(known) == kept_for:
        return
    row = known or RetentionRule(series=series, kind=kind)
    row.amount, row.unit = kept_for.amount, kept_for.unit
    row.counted_from, row.is_from_april = kept_for.counted_from, kept_for.is_from_april
    row.set_by_id = by.id
    session.add(row)
    _tell_anew(session, series, kind)
    audit.note(session, by, "set_retention", row)


def follow_the_city(session: Session, by: Person, series: Series, kind: KeptKind) -> None:
    """Keep this kind in the series as long as the city says."""
    known = _row(session, series, kind)
    if known is not None:
        audit.note(session, by, "unset_retention", known)
        session.execute(delete(RetentionRule).where(RetentionRule.id == known.id))
        _tell_anew(session, series, kind)


def _tell_anew(session: Session, series: Series | None, kind: KeptKind) -> None:
    """Forget whom was told of an end that is not the same any more."""
    wanted = delete(RetentionWarning).where(RetentionWarning.kind == kind)
    if series is not None:
        meetings = select(Meeting.id).where(Meeting.series_id == series.id)
        wanted = wanted.where(RetentionWarning.meeting_id.in_(meetings))
    session.execute(wanted)


def _check(kind: KeptKind, kept_for: KeptFor) -> None:
    if kind not in RULED_KINDS:
        raise InvalidInput("kind", "この種類には、保存期間を決められません。")
    if kept_for.amount is not None:
        most = MOST_YEARS if kept_for.unit == PeriodUnit.YEARS else entries.MOST_DAYS
        entries.within("amount", f"{kind.label}の保存期間", kept_for.amount, 1, most)
    is_short = kept_for.unit == PeriodUnit.DAYS and kept_for.amount is not None
    if kind == KeptKind.ORIGINAL and is_short:
        raise InvalidInput("amount", "会議録の原本の保存期間は、年か永年で決めてください。")


def _row(session: Session, series: Series | None, kind: KeptKind) -> RetentionRule | None:
    of_whom = RetentionRule.series_id.is_not_distinct_from(series.id if series else None)
    return session.scalar(select(RetentionRule).where(of_whom, RetentionRule.kind == kind))


def _kept_for(row: RetentionRule) -> KeptFor:
    return KeptFor(
        row.amount, PeriodUnit(row.unit), CountedFrom(row.counted_from), row.is_from_april
    )

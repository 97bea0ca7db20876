"""The sums that the city's statistics (統計) are made of."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, When
from models.transcript import LetterCounts


class DepartmentYear(LetterCounts, Base):
    """The sums over the recordings of one department's meetings in one fiscal year (年度), as they
    were made last."""

    __tablename__ = "department_year"

    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    # The first moment of the 年度, and that of the next one.
    begins_at: Mapped[When]
    ends_at: Mapped[When]
    # Something that it counts has changed since it was summed.
    is_stale: Mapped[bool] = mapped_column(default=True, index=True)
    # Counts the changes, so that a sum that was made during a change is not taken for current.
    changes: Mapped[int] = mapped_column(default=1)
    # Transcribed to the end, and the length of their sound in seconds.
    recordings: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)
    # How long people corrected them.
    editing_seconds: Mapped[float] = mapped_column(default=0.0)

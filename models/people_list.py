"""Lists of people that were sent to be taken in."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import JSON

from models.base import Base, Id, Name, When, now
from models.person import Person


class PeopleList(Base):
    """A CSV file of people as it was sent. It is done at once, or by itself on a day: `done_at`
    says when it was. Once it is done or withdrawn its lines are forgotten."""

    __tablename__ = "people_list"

    id: Mapped[Id]
    file_name: Mapped[Name]
    csv: Mapped[bytes] = mapped_column("content", LargeBinary, deferred=True)
    # None: on the command line.
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[When] = mapped_column(default=now)
    # The beginning of the day on which it is to be done by itself (発令日).
    effective_at: Mapped[When | None]
    done_at: Mapped[When | None]
    withdrawn_at: Mapped[When | None]
    # What could not be taken on its day: the number of the line, and why.
    left_out: Mapped[list[tuple[int, str]]] = mapped_column(JSON, default=list)

    made_by: Mapped[Person | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Return whether it is neither done nor withdrawn."""
        return self.done_at is None and self.withdrawn_at is None

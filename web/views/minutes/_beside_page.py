"""What the paper of the minutes shows of a page beside its sentences."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BesidePage:
    title: str
    number: int
    url: str
    picture_url: str

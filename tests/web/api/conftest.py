"""Scripts of the cast, as they come by bearer token."""

from collections.abc import Callable

import pytest

from models.person import Person
from tests.conftest import Cast, Script


@pytest.fixture
def secretary(script: Callable[[Person], Script], cast: Cast) -> Script:
    return script(cast.secretary)

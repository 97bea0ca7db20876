import pytest

from minutes.conversion import dictionary
from minutes.conversion.conversions import Converter


@pytest.fixture(scope="session")
def converter() -> Converter:
    if dictionary.problem():
        pytest.skip("the dictionary was not fetched: make install")
    return Converter(dictionary.load())

"""What is only tested where cells have walls."""

import pytest

from meetings import cell

needs_walls = pytest.mark.skipif(
    cell.walls() is not cell.Walls.WHOLE,
    reason="bubblewrap is missing (apt-get install bubblewrap)",
)

"""Programs that run in a cell, as `meetings/inside` has them: for recordings and transcripts."""

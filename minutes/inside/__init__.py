"""Programs that run in a sandbox, as `meetings/inside` has them: for recordings and transcripts."""

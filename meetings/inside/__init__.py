"""Programs that run in a cell (`meetings/cell.py`). They open what came from outside; nothing of
the server is imported here but its errors."""

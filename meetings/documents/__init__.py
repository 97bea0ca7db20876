"""Documents (資料), their versions and pages, memos on them, and what is printed."""

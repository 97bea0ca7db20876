"""公開しない箇所: the screens of what of the minutes citizens do not get."""

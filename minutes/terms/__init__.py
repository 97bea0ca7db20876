"""Terms (用語): the words of a meeting, from its documents, dictionaries and corrections."""

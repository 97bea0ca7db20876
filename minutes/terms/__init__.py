"""Terms (用語): the words of a meeting, from its papers, dictionaries and corrections."""

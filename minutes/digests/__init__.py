"""The digest of the minutes (要点記録): who proposed what, was asked and answered what, what was
decided and what is to be done, in sentences that were said.
"""

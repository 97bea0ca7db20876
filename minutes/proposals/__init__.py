"""Corrects recognised text with the words of the meeting's documents (contextual biasing after
recognition): finds candidates, rescores them with the speech model, and applies or proposes them.
"""

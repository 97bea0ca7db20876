"""The record in the forms that leave the house (逐語会議録, 要点記録, 会議概要, 議事要旨, 次第), as
Word file, PDF or text, and the Word file that comes back corrected.
"""

"""What proves that a file is the approved record: its signature, the hashes of issued texts, and
the sheet that members sign on paper.
"""

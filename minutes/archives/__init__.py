"""Everything of one meeting in one file that can be read without this program: a ZIP that holds a
BagIt bag (RFC 8493).
"""

"""The work of transcribing (文字起こし) as rows of tables: which worker does which piece, and how
far it is.
"""

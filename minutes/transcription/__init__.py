"""The work of transcribing (文字起こし), as rows: who does which piece, how far it is."""

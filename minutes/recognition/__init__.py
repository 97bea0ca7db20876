"""From sound to text. No database here: files and samples in, heard segments out."""

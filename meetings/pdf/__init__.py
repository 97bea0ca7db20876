"""PDFs: inspected, made from Office files, set by typst, stamped and joined."""

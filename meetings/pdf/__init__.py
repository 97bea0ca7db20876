"""PDFs: looked into, made from Office files, set by typst, stamped and put together."""

"""What the documents teach: words of the papers put in where the recogniser misheard them."""

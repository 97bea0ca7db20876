"""The official minutes (会議録): drafted, revised, approved, published, searched."""

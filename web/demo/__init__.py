"""The demo: three meetings in three states. Its builders feed the tests too."""

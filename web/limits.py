"""The limits of what one request, one terminal and all of them may cost. docs/security.md tells
what each of these protects from; what a city may want to change stands in config.toml instead."""

LARGEST_HEAD_BYTES = 32_768
"""Of a request's head, its address included; and of what may come without being of any use."""

MOST_HEADERS = 100
HEAD_SECONDS = 15.0
"""From the first byte of a head, or from connecting, until the head is there."""

MOST_PIPELINED = 8
"""Requests sent on one connection before the first was answered. Browsers send none so."""

SMALL_BODY_BYTES = 65_536
"""From somebody unknown; and what of a body is kept in memory."""

LARGEST_BODY_BYTES = 4_000_000
"""From somebody who may use the route, without a file."""

FORM_BYTES = 1_000_000
"""What a form may hold beside its file."""

MOST_FIELDS = 1_000
MOST_FIELDS_OF_KNOWN = 20_000
"""Where one has to sign in, forms grow with the meeting: its minutes, the people invited."""

MOST_SHOWN_AGAIN = 200
MOST_LETTERS_SHOWN_AGAIN = 200_000
"""Of the fields that a page of an error keeps for its sender."""

SILENCE_SECONDS = 20.0
"""A sender from whom nothing comes for so long is gone."""

SLOWEST_SENDER_BYTES = 2_000
"""A second, on average: a body gets SILENCE_SECONDS, and a second more for each so many bytes."""

LINGER_SECONDS = 60.0
"""So long a refused body is still taken, and thrown away: who is still sending reads no answer."""

STALL_SECONDS = 60.0
"""A terminal that takes nothing of its answer for so long is gone."""

PIECE_BYTES = 131_072
"""So much of a file is in memory for each terminal that it is sent to."""

READY_BYTES = 262_144
"""An answer no larger than this leaves the page's thread whole."""

RESERVED_FILES = 256
"""Files that the server itself wants to open, beside its connections."""

"""How much one request may ask for; each limit is part of what is promised, and the docs name it."""

MOST_BYTES = 2 << 20
"""Bytes of a body. A thousand records of thirty events take about 0.6 MB."""
MOST_PASSED = 64 << 20
"""Bytes of a body that is too large which are let pass before it is told so; one that says it is larger is told at once."""
MOST_HEAD = 32 << 10
"""Bytes of a request's line and headers."""
MOST_RECORDS = 10_000
"""Records of one request."""
MOST_NAMES = 200_000
"""Names in one body, those of all records together: parsed they take some 40 MB."""
DEEPEST = 8
"""Brackets inside each other: a record needs four."""
LONGEST_NUMBER = 400
"""Digits of a number."""
FEW = 20
"""Records that are placed at once; more are placed beside the loop, so that nobody waits for them."""
SHORT = 32 << 10
"""Bytes of a body that is read at once, likewise."""
PATIENCE = 12.0
"""Seconds in which a request must be whole, and its answer be taken."""
WAITING = 512
"""Connections without a whole request at a time; the oldest gives way to a new one."""
ANSWER = 4.0
"""Seconds in which the record of runs must answer."""
WRONG, MINUTE = 20, 60.0
"""Wrong tokens of one address in so many seconds from which on it is told to wait."""
ADDRESSES = 10_000
"""Addresses whose wrong tokens are remembered."""

"""How much one request may ask for; each limit is part of what is promised, and the docs name it."""

MOST_BYTES = 2 << 20
"""Bytes of a body. A thousand records of thirty events take about 0.6 MB."""
MOST_HEAD = 32 << 10
"""Bytes of a request's line and headers."""
MOST_RECORDS = 10_000
"""Records of one request."""
MOST_NAMES = 100_000
"""Names in one body, those of all records together: parsed they take some 20 MB."""
MOST_IN_ONE = 10_000
"""Names in one object: a record has at most 5,000 columns and 5,000 events."""
DEEPEST = 8
"""Brackets inside each other: a record needs four."""
LONGEST_NUMBER = 400
"""Digits of a number."""
SHORT = 32 << 10
"""Bytes of a body that is read at once; a larger one is read beside the loop, so that nobody waits for it."""
TURN, TURN_EXPLAINED = 100, 5
"""Records of a batch that are placed before others have their turn: about 2 ms."""
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

"""Claims: every sentence of a persona, recomputed against its facts, doubted, given back, and listed in a ledger."""

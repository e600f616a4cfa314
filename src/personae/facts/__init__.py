"""Numbers about groups of users: sums per group, intervals, tests, what may be shown, what stands out, whom to talk to."""

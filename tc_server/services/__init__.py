"""Use cases: one async function each, that begins a transaction, applies a rule, commits and announces."""

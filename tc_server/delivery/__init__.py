"""Getting an invite's text to a phone or mailbox: words, segments, providers and the outbox."""

"""The stream: live links, their outboxes, and the hub that knows them all."""

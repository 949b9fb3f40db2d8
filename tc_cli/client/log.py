"""One session's log as it arrives: live and replayed entries, mixed, repeated and late, come out once and in order."""

from tc_server.wire.bodies import Message


class Log:
    """Hold back entries until those before them are there. The log has no gaps, so `seq` alone tells."""

    def __init__(self, after: int = 0) -> None:
        self.last = after
        self._held: dict[int, Message] = {}

    def take(self, message: Message) -> list[Message]:
        """Take one entry; return those that are now next, in order (none if it is known or too early)."""
        if message.seq > self.last:
            self._held[message.seq] = message
        ready = []
        while (entry := self._held.pop(self.last + 1, None)) is not None:
            ready.append(entry)
            self.last = entry.seq
        return ready

    def settle(self, seq: int) -> list[Message]:
        """Take it that all up to `seq` was sent; return what was held, without what this viewer may not see."""
        early = [self._held.pop(number) for number in sorted(self._held) if number <= seq]
        self.last = max(self.last, seq)
        following = self._held.get(self.last + 1)
        return [*early, *(self.take(following) if following else [])]

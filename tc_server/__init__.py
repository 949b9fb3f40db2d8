"""The server of TeleConnect: sessions, the queue, chat and the page that people get."""

"""The chat and the HTTP API, on one port."""

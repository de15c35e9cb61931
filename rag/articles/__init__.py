"""Articles as read: text, exact spans, passages."""

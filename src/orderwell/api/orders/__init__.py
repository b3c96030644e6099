"""Orders: placing, reading, changing, quotes, attachments."""

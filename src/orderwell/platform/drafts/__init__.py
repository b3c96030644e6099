"""What somebody is typing, kept on the server until it is sent: per person, encrypted, forgotten after a month."""

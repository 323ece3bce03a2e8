"""Looking after Asterisk: one connection, whose news pages and modules get from here."""

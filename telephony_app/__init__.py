"""The telephone part: extensions, providers and routes, and the Asterisk files made of them."""

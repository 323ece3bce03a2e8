"""The verbs of ``manage.py telephony``."""

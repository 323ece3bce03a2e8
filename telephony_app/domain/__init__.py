"""What telephone records may hold, and what follows from it; no Django, no disk."""

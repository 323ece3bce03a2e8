"""Pure Python: values, versions, states and plans. No Django, no disk."""

"""Reading telephone records: lists, single ones, and who refers to whom."""

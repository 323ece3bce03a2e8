"""SQL scripts of packages: from MySQL text to the few statements that are run on SQLite."""

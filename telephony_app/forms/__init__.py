"""Forms of the telephone pages. Services check and store what is typed."""

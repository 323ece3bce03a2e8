"""The telephone pages."""

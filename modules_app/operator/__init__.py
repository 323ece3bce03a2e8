"""The operator: runs queued operations, commits their results, recovers after a crash."""

"""What anybody may ask without a name: counts, never a row about somebody (公众查询)."""

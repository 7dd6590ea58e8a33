"""Reporting level by level (逐级上报): villages report, townships, counties and the city confirm or give back."""

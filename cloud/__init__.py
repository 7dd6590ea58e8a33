"""Ingest, shared records, the API and the live wall."""

"""Sharing with departments (数据共享): a catalogue, requests, deliveries. What it does not name is not given."""

"""Grafana boards as code. The live wall (cloud/wall) serves until the boards are written."""

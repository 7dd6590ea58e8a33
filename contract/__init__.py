"""The shared language: everything that crosses the wire, and nothing that does I/O."""

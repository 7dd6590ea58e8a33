"""The link to our own sensor nodes: frames, messages, session, firmware images and their update (docs/node-link.md)."""

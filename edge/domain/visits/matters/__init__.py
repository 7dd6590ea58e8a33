"""The matters (事项) of the kiosks: one file each, a conversation from the first touch to the receipt."""

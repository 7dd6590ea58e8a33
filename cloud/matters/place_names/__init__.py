"""Place names (地名): naming and renaming, who is responsible where, doorplates, enforcement."""

"""What the technician's commands do, one file for each."""

"""The one command line, and the supervision of the processes it starts."""

"""The device console: a page of the box for its technician, with the powers of the command line.

It speaks to the field process through the control socket, as the command line does, and opens no port and no store.
"""

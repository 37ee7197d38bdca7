"""Live updates: what happens in a thread is on every reader's screen within a blink.

``ringer`` sends what is new, ``sockets`` speaks the protocol, ``registry`` knows who is connected to this process.
Nothing but ids ever travels between processes: each live process reads what is new from the database itself.
"""

"""Runs a command in a pseudo-terminal of so many columns; a number on standard input is another width."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

columns, command = int(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    # The parent sets the size before it lets the command go.
    sys.stdin.buffer.raw.read(1)
    os.execvp(command[0], command)


def resize(width: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))


settings = termios.tcgetattr(terminal)
settings[3] &= ~termios.ECHO
termios.tcsetattr(terminal, termios.TCSANOW, settings)
resize(columns)
os.write(terminal, b"\n")
inputs = [terminal, 0]
while terminal in inputs:
    for ready in select.select(inputs, [], [])[0]:
        try:
            data = os.read(ready, 65536)
        except OSError:
            data = b""
        if data == b"":
            inputs.remove(ready)
        elif ready == terminal:
            os.write(1, data)
        else:
            resize(int(data.split()[-1]))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

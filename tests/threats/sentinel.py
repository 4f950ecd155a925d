"""An honest program that also looks for what the one before it left behind (row 32)."""

from __future__ import annotations

from threats.program import CORRECT, HASH, Program

_LOOK = """
RUN = {number}
import ctypes, math, os, resource, socket, sys
import numpy
FILES = ('left-behind', 'fill-', 'conftest', 'numpy', 'usercustomize', 'sitecustomize', 'zz.pth',
         'json', 'ddd', 'nnn', 'loop-', 'psm_', 'one-', 'boundary-probe')
def left():
    found = []
    for folder in ('.', '/tmp', '/dev/shm', '/var/tmp', '/run', '/'):
        try: found += [name for name in os.listdir(folder) if name.startswith(FILES)]
        except OSError: pass
    if 'LEFT_BEHIND' in os.environ: found.append('environment')
    if type(len) is type(left) or len([]) or int('12') != 12: found.append('builtins')
    if int(numpy.array([1, 2]).sum()) != 3 or math.sqrt(4) != 2: found.append('modules')
    if '/tmp' in sys.path: found.append('path')
    try:
        socket.socket(socket.AF_UNIX).connect('\\0left-behind')
        found.append('socket')
    except OSError: pass
    libc = ctypes.CDLL(None)
    if libc.shmget(4711, 4096, 0) >= 0 or libc.msgget(4711, 0) >= 0: found.append('system v')
    try: pids = [name for name in os.listdir('/proc') if name.isdigit()]
    except OSError: pids = []
    if len(pids) > 4: found.append('%d processes' % len(pids))
    try:
        with open('own', 'w') as file: file.write('x' * 4096)
        os.remove('own')
        for fd in [os.open('/dev/null', os.O_RDONLY) for _ in range(8)]: os.close(fd)
    except OSError as error: found.append('no room: %s' % error)
    try:
        if os.fork() == 0: os._exit(0)
        os.wait()
    except PermissionError: pass  # no program forks in the reduced sandbox
    return found
"""
_FUNCTION = """
def f(n):
    return left() or (n * 2654435761 + 12345) % 1000003
"""
_STDIO = """
print(left() or (int(input()) * 2654435761 + 12345) % 1000003)
"""


def sentinel(number: int) -> Program:
    """Return the honest program of a number; functions and printing programs take turns."""
    stdio = number % 2 == 1
    text = _LOOK.format(number=number) + (_STDIO if stdio else _FUNCTION)
    form = "stdio" if stdio else "call"
    return Program(32, f"sentinel-{number}", "honest, looks around", form, text, HASH, CORRECT)

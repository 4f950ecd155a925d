"""Functions that workers of the tests import."""

import os
import signal
import time
from pathlib import Path


def double(number):
    return 2 * number


def allocate(size):
    try:
        return len(bytearray(size))
    except MemoryError:
        return "out of memory"


def power(base, exponent):
    return (base**exponent).bit_length()


def ignore_signals_and_spin():
    for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(path):
    mark = Path(path)
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "second life"


def sleep():
    time.sleep(60)


def fail():
    raise ValueError("a fault of the function")


def set_order():
    return list({"alpha", "beta", "gamma", "delta"})


def process():
    return os.getpid()

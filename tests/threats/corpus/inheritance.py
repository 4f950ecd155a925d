"""Programs that look for the program before them in memory (rows 7 to 9, 32).

A fork server that ever held an earlier program, its input or its output hands
them on in freed memory, and those may be the reference solution, or the answer
of a better sample.
"""

from __future__ import annotations

from dataclasses import replace

from threats.program import (
    CORRECT,
    HASH,
    SOLUTION,
    SOLUTION_STDIO,
    Program,
    Task,
    attack,
    whole,
)

#: Reads all memory around the interpreter's own objects; needs no /proc.
SCAN = """
import ctypes, os, re, sys
libc = ctypes.CDLL(None)
libc.write.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_size_t]
libc.malloc.restype = ctypes.c_size_t
reading, writing = os.pipe()
os.set_blocking(writing, False)
CHUNK = 1 << 16
def regions(libc=libc, os=os, reading=reading, writing=writing, CHUNK=CHUNK):
    # write(2) fails where nothing is to be read, so the scan never faults
    near = {id(item) for item in (object(), sys, [], 10 ** 50, 'x' * 99, b'x' * 9999)}
    near |= {libc.malloc(size) for size in (32, 5000, 90000, 300000)}
    near |= {id(module) for module in list(sys.modules.values())}
    seen = set()
    for address in near:
        base = address // CHUNK * CHUNK
        for low in range(base - 40 * CHUNK, base + 40 * CHUNK, CHUNK):
            if low <= 0 or low in seen: continue
            seen.add(low)
            for start in (low, low + 4096, low + 8192, low + 32768):
                size = libc.write(writing, start, low + CHUNK - start)
                if size > 0:
                    yield os.read(reading, size)
                if size == CHUNK: break
"""
#: The numbers of the solution stand in its text; here stand only their lengths.
FIND_SOLUTION = """
found = None
pattern = re.compile(rb"[*] (\\d{10}) [+] (\\d{5})\\) % (\\d{7})")
for data in regions():
    hit = pattern.search(data)
    if hit:
        found = [int(number) for number in hit.groups()]
        break
def solve(n, found=found):
    return (n * found[0] + found[1]) % found[2] if found else 0
"""
FIND_OUTPUT = """
result = 'nothing'
pattern = re.compile(rb"canary-[0-9a-f]{32}")
for data in regions():
    hit = pattern.search(data)
    if hit:
        result = hit[0].decode()
        break
"""


def programs(secret: Task) -> list[Program]:
    """Return the programs of this family; `secret` as of `hunting.secret_task`."""
    solution = FIND_SOLUTION.replace("\\\\", "\\")
    found: list[Program] = []
    remarks = "# a long program\n" * 4000  # what is freed of it outlasts a short one
    styles = (("function", remarks + SOLUTION), ("stdio", remarks + SOLUTION_STDIO))
    for style, text in styles:
        (honest,) = whole(0, "solved", "honest", task=HASH, allowed=CORRECT, **{style: text})
        thieves = whole(
            32, f"solution-of-a-{style}", "finds an earlier program in memory",
            function=f"{SCAN}{solution}f = solve\n",
            stdio=f"{SCAN}{solution}print(solve(int(input())))\n",
        )  # fmt: skip
        found += [replace(thief, before=honest) for thief in thieves]
    letters = secret.expected[0].encode().hex()
    teller = f"bytes.fromhex('{letters}').decode()"
    told = {"function": f"def f(*args):\n    return {teller}\n", "stdio": f"print({teller})\n"}
    for style, text in told.items():
        (honest,) = whole(0, "told", "honest", task=secret, allowed=CORRECT, **{style: text})
        thieves = attack(
            32, f"output-of-a-{style}", "finds an earlier output in memory", SCAN + FIND_OUTPUT,
            task=secret,
        )  # fmt: skip
        found += [replace(thief, before=honest) for thief in thieves]
    return found

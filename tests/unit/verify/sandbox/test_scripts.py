"""A script finds in the sandbox what it finds when Python runs it, and ends the same way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

from boundary.verify.sandbox import wire
from sandboxed import Run, job, script

STDIN = "12 7\n3 4\n"
PROGRAMS = {
    "close": """
import sys
print(5)
sys.stdout.close()
""",
    "with": """
import sys
with sys.stdout as o: o.write('5')
""",
    "none": """
import sys
print(5)
sys.stdout=None
""",
    "del": """
import sys
print(5)
del sys.stdout
""",
    "stringio": """
import sys,io
print(5)
sys.stdout=io.StringIO()
print(6)
""",
    "devnull": """
import sys,os
print(5)
sys.stdout=open(os.devnull,'w')
print(6)
""",
    "detach": """
import sys
print(5)
sys.stdout.detach()
""",
    "rewrap": """
import sys,io
sys.stdout=io.TextIOWrapper(sys.stdout.detach(),'ascii')
print(5)
""",
    "fdopen": """
import os
out=os.fdopen(1,'w')
out.write('5')
""",
    "open1f": """
out=open(1,'w',closefd=False)
print(5,file=out)
print(6)
""",
    "local out": """
def main():
    out=open(1,'w')
    print(5,file=out)
    return [main,out]
x=main()
""",
    "osclose": """
import os
print(5)
os.close(1)
""",
    "osclose2": """
import os,sys
print(5)
sys.stdout.flush()
os.close(1)
""",
    "noflush": """
import sys
class W:
    def write(s,t): sys.__stdout__.write(t)
sys.stdout=W()
print(5)
""",
    "flushbad": """
import sys
class W:
    def write(s,t): sys.__stdout__.write(t)
    def flush(s): 1/0
sys.stdout=W()
print(5)
""",
    "del cycle": """
class A:
    def __del__(s): print('bye')
a=A()
a.b=a
print(5)
""",
    "del global": """
x=3
class A:
    def __del__(s): print('bye',x)
a=A()
print(5)
""",
    "atexit": """
import atexit
atexit.register(print,'late')
print(5)
""",
    "atexit err": """
import atexit
atexit.register(lambda:1/0)
print(5)
""",
    "atexit exit": """
import atexit,sys
atexit.register(sys.exit,3)
print(5)
""",
    "thread": """
import threading,time
def f(): time.sleep(.1);print(6)
threading.Thread(target=f).start()
print(5)
""",
    "daemon": """
import threading,time
def f(): time.sleep(5);print(6)
threading.Thread(target=f,daemon=True).start()
print(5)
""",
    "hook": """
import sys
sys.excepthook=lambda *a: print('hook',a[0].__name__)
1/0
""",
    "exit str": """
print(5)
raise SystemExit('x')
""",
    "exit 256": """
import sys
print(5)
sys.exit(256)
""",
    "exit neg": """
import sys
print(5)
sys.exit(-1)
""",
    "exit big": """
import sys
print(5)
sys.exit(2**70)
""",
    "exit true": """
import sys
print(5)
sys.exit(True)
""",
    "exit none": """
import sys
print(5)
sys.exit(None)
""",
    "modes": """
import sys
print(sys.stdin.mode, sys.stdin.name, sys.stdout.mode, sys.stdout.name, sys.stderr.name)
print(sys.stdin.buffer.name, sys.stdout.buffer.raw.name, sys.stdin.buffer.mode)
print(sys.stdin.fileno(), sys.stdout.fileno(), sys.stdin.encoding, sys.stdin.isatty())
""",
    "reprs": """
import sys
print(sys.stdin,sys.stdout)
""",
    "file": """
import os
print(os.path.basename(__file__), os.path.isabs(__file__), os.path.exists(__file__))
print(os.path.dirname(os.path.abspath(__file__)) == os.getcwd())
""",
    "quine": "print(open(__file__).read())",
    "main": """
import __main__
print(__main__.__file__[-10:], __name__, __main__.__doc__)
""",
    "doc": """
'''doc'''
print(__doc__)
""",
    "inspect": """
import inspect
def f(): pass
print(inspect.getsource(f))
""",
    "devstdin": "print(open('/dev/stdin').read())",
    "devfd": "print(open('/dev/fd/0').read())",
    "devstdout": """
print(5)
import sys
sys.stdout.flush()
open('/dev/stdout','w').write('6\\n')
""",
    "devstdout fd": """
f=open('/dev/fd/1','w')
f.write('6\\n')
""",
    "devstdout b": """
import numpy as np
np.savetxt('/dev/stdout',[1,2])
""",
    "devstderr": """
import sys
print('x',file=open('/dev/stderr','w'))
print(5)
""",
    "nptxt": """
import numpy as np
print(np.loadtxt('/dev/stdin', dtype=int))
""",
    "npfile": """
import numpy as np
print(np.fromfile('/dev/stdin',dtype=int,sep=' '))
""",
    "pathlib": """
from pathlib import Path
print(Path('/dev/stdin').read_text(), Path('/dev/stdin').exists())
""",
    "fileinput": """
import fileinput
for l in fileinput.input('/dev/stdin'): print(l)
""",
    "osopen": """
import os
fd=os.open('/dev/stdin',os.O_RDONLY)
print(os.read(fd,100))
""",
    "mmap": """
import mmap
m=mmap.mmap(0,0,access=mmap.ACCESS_READ)
print(m.read())
""",
    "fstat": """
import os
print(os.fstat(0).st_size)
""",
    "seek": """
import sys
print(sys.stdin.read());sys.stdin.seek(0);print(sys.stdin.read())
""",
    "stack": """
import resource
resource.setrlimit(resource.RLIMIT_STACK,(resource.RLIM_INFINITY,)*2)
print(5)
""",
    "stack2": """
import resource, sys
sys.setrecursionlimit(10 ** 6)
resource.setrlimit(resource.RLIMIT_STACK, (1 << 28, resource.RLIM_INFINITY))
resource.setrlimit(resource.RLIMIT_STACK, (1 << 29, 1 << 29))
def f(n): return 0 if n == 0 else 1 + f(n - 1)
print(f(50000))
""",
    "zone": """
import zoneinfo, datetime
zone = zoneinfo.ZoneInfo('America/New_York')
print(datetime.datetime(2020, 7, 1, tzinfo=zone).utcoffset())
""",
    "zones": """
import zoneinfo
print(len(zoneinfo.available_timezones())>400)
""",
    "sorted": """
from sortedcontainers import SortedList, SortedDict, SortedSet
print(SortedList([3, 1]), SortedDict(a=1), SortedSet([2]))
""",
    "globals": "print(sorted(set(globals()) - {'__builtins__'}))",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_script_is_run_as_by_python(name: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAMS[name])
    (tmp_path / "stdin").write_text(STDIN)
    packages = str(Path(numpy.__file__).parents[1])
    environment = {"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONPATH": packages}
    python = os.path.realpath(sys._base_executable)  # type: ignore[attr-defined]
    with (tmp_path / "stdin").open() as given:
        real = subprocess.run(
            [python, "program.py"], stdin=given, capture_output=True, cwd=tmp_path,
            env=environment, check=False,
        )  # fmt: skip
    (record,) = run(script(PROGRAMS[name], STDIN)).records
    assert (record.payload, record.status) == (real.stdout, real.returncode)


def test_each_test_has_its_own_streams(run: Run) -> None:
    outcome = run(script("print(open('/dev/stdin').read(), end='')", "1\n", "22\n", ""))
    assert [record.payload for record in outcome.records] == [b"1\n", b"22\n", b""]


def test_the_next_program_finds_none_of_them(run: Run) -> None:
    assert run(script("print(open('/dev/stdin').read())", "secret")).end == "finished"
    program = (
        "import os\ndef f():\n    return os.path.exists('/dev/stdin'), "
        "os.path.exists('/dev/stdout'), os.path.exists('/dev/fd/0')"
    )
    (record,) = run(job(program)).records
    assert wire.decode(record.payload) == (False, False, False)


@pytest.mark.parametrize(
    "attack",
    [
        "open('/dev/stdin', 'w')",
        "open('/dev/stdin', 'r+')",
        "open('/box/job/streams/left', 'w')",
        "os.unlink('/box/job/streams/stdout')",
        "os.rename('/box/job/streams/stdin', '/box/job/streams/stdout')",
        "os.chmod('/box/job/streams/stdin', 0o777)",
        "os.link('/box/job/streams/stdin', 'stdin')",
        "os.symlink('/', '/box/job/streams/root')",
        "os.truncate('/box/job/streams/stdin', 0)",
        "os.unlink('/dev/stdin')",
    ],
)
def test_nothing_can_be_changed_by_name(run: Run, attack: str) -> None:
    program = f"import os\ntry:\n    {attack}\nexcept OSError: print(open('/dev/stdin').read())"
    (record,) = run(script(program, "x")).records
    assert record.payload == b"x\n"


def test_a_script_that_fails_says_why(run: Run) -> None:
    program = "if input() == '2': raise ValueError('two')\nprint(1)"
    outcome = run(script(program, "1", "2", "1", accept=lambda record: record.status == 0))
    assert (outcome.end, outcome.detail) == ("stopped", "ValueError: two")

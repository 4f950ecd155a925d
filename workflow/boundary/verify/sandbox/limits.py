"""What one program may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """What one program may use, all its tests together unless it says otherwise.

    Attributes
    ----------
    cpu_seconds : float
        Processor time of all its processes and threads.
    wall_seconds : float
        Elapsed time.  Processor time is what decides; this ends a program that
        sleeps or waits, and is tried once more before it counts.
    test_seconds : float or None
        Processor time of one test in stdio style, each a process of its own; its
        elapsed time may be three times that.
    memory_bytes : int
        Address space of each process, and resident memory of all together.
    processes : int
        Processes and threads that live at one time.
    file_bytes, open_files, tmpfs_bytes : int
        Size of one file, number of descriptors, size of the private folder.
    output_bytes : int
        What it may return or print, all tests together.
    """

    cpu_seconds: float = 4.0
    wall_seconds: float = 12.0
    memory_bytes: int = 4 << 30
    processes: int = 64
    file_bytes: int = 16 << 20
    open_files: int = 64
    tmpfs_bytes: int = 64 << 20
    output_bytes: int = 1 << 20
    test_seconds: float | None = None

    def __post_init__(self) -> None:
        given = {name: value for name, value in asdict(self).items() if value is not None}
        wrong = [f"{name} is {value}" for name, value in given.items() if value <= 0]
        if self.open_files < 16:
            wrong.append(f"open_files is {self.open_files} and Python needs 16")
        if wrong:
            raise ValueError(f"limits must be positive: {', '.join(wrong)}")

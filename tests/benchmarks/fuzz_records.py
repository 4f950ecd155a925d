"""Feed a million mutated streams to the record parser.

Run it with the project's Python, from anywhere (some minutes)::

    python tests/benchmarks/fuzz_records.py [--inputs 1000000] [--seed 0]

Prints how the streams were refused, and each forged record that came through;
exit code 1 when one did.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from record_fuzzer import fuzz


def main() -> int:
    """Run the fuzzer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    start = time.monotonic()
    tried = fuzz(arguments.inputs, arguments.seed)
    print(f"{tried.inputs} inputs in {time.monotonic() - start:.0f} s: {tried.whole} whole or cut "
          f"between records, refused: {dict(tried.refusals.most_common())}")  # fmt: skip
    print(f"{len(tried.accepted)} forged records accepted")
    for record, stream in tried.accepted[:10]:
        print(f"  {record}: {stream.hex()}")
    return int(bool(tried.accepted))


if __name__ == "__main__":
    sys.exit(main())

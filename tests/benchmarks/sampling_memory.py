"""Peak memory of a sampling job by the size of its block and what of it is there already.

Run it from the root of the repository:

    python tests/benchmarks/sampling_memory.py

An engine that costs no memory gives responses of about 2,000 tokens, 64 at a
time, and each 64 are one part on disk.  Every job is a process of its own; its
peak resident memory (getrusage) is read before the first sample, after the last
one and after merging.  Target: the last column does not grow with the size of
the block or with what is written.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundary.jobs.sampling import Sampling

BATCH, SAMPLES, TOKENS = 64, 16, 2000


class Storyteller:
    """An engine whose responses are words drawn by chance, so that little can be compressed away.

    Parameters
    ----------
    stop_after : int
        Responses after which it fails, as a job that is killed.
    lists : bool
        Whether it tells every token.
    """

    def __init__(self, stop_after: int, lists: bool) -> None:
        draw = random.Random(0)
        lengths = draw.choices(range(1, 8), k=5000)
        self.words = ["".join(draw.choices(string.ascii_lowercase, k=k)) for k in lengths]
        self.left, self.lists = stop_after, lists
        self.ready = 0

    def render(self, filled: str, _: Sampling) -> str:
        """Return the prompt."""
        return filled

    def encode(self, filled: str, sampling: Sampling) -> list[int]:
        """Return something in place of tokens."""
        return [len(filled)]

    def sample(self, requests: Sequence[Any], sampling: Sampling) -> Iterator[list[Any]]:
        """Yield what is missing, problem by problem in turns, as vLLM may finish it."""
        from boundary.engines import Drawn

        self.ready = peak()
        rows = []
        for j in range(sampling.samples_per_shard):
            for i, request in enumerate(requests):
                if j not in request.done:
                    rows.append(Drawn(i, j, self._response(random.Random(f"{request.seed} {j}"))))
                if len(rows) == BATCH:
                    yield rows
                    rows = []
                    self.left -= BATCH
                    if self.left <= 0:
                        raise KeyboardInterrupt
        yield rows

    def _response(self, draw: random.Random) -> Any:
        from boundary.engines import Response

        ids = draw.choices(range(len(self.words)), k=TOKENS)
        text = " ".join(map(self.words.__getitem__, ids))
        if not self.lists:
            return Response(text, TOKENS, "stop", -0.5 * TOKENS)
        logprobs = tuple(-draw.random() for _ in ids)
        return Response(text, TOKENS, "stop", sum(logprobs), tuple(ids), logprobs)

    def provenance(self) -> dict[str, str]:
        """Say what it is."""
        return {"engine": "storyteller"}

    def hardware(self) -> dict[str, str]:
        """Say that it runs on nothing special."""
        return {"device": "cpu"}


def peak() -> int:
    """Return the peak resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(folder: Path, problems: int, stop_after: int, lists: bool) -> None:
    """Sample one block and print what it took as JSON."""
    import polars as pl

    from boundary.jobs.making import SamplingJob
    from boundary.jobs.sampling import Sampling
    from boundary.prompts.template import TextPrompt
    from boundary.sampling import sample_block
    from boundary.sampling.parts import Parts

    table = pl.DataFrame({"problem_id": [f"x{i:05d}" for i in range(problems)]}).with_columns(
        benchmark=pl.lit("b"), question=pl.col("problem_id"), metadata=pl.lit(None, pl.String)
    )
    job = SamplingJob(
        model="m",
        benchmark="b",
        protocol="p",
        block=0,
        seed=1,
        checkpoint="none",
        sampling=Sampling(
            engine="storyteller",
            prompt=TextPrompt(template="{question}"),
            temperature=1.0,
            top_p=1.0,
            max_tokens=TOKENS,
            samples_per_shard=SAMPLES,
            token_logprobs=lists,
        ),
    )
    engine, took = Storyteller(stop_after, lists), {}
    assemble = Parts.assemble

    def measured(self: Parts, *arguments: Any) -> None:
        took["sampled"], began = peak(), time.perf_counter()
        took["parts"] = len(self.files)
        assemble(self, *arguments)
        took["merging"] = time.perf_counter() - began

    Parts.assemble = measured  # type: ignore[method-assign]
    shard = folder / "00000.parquet"
    sample_block(engine, table, job, shard)
    size = shard.stat().st_size / 1e6
    print(json.dumps(took | {"ready": engine.ready, "merged": peak(), "size": size}))


def measure(problems: int, share: float, lists: bool) -> dict[str, float]:
    """Run a job that finds a share of its block on disk; return what it took."""
    rows = problems * SAMPLES
    with tempfile.TemporaryDirectory() as folder:
        first = int(share * rows)
        command = [sys.executable, __file__, *["--lists"] * lists, "--job", folder, str(problems)]
        environment = os.environ | {"BOUNDARY_WRITE_EVERY": "0"}
        if first:
            done = subprocess.run(
                [*command, str(first)], env=environment, stderr=subprocess.PIPE, check=False
            )
            if done.returncode == 0:
                raise RuntimeError("the job that was to be killed came to its end")
        done = subprocess.run(
            [*command, str(10**9)], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        found: dict[str, float] = json.loads(done.stdout)
        return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--job", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--problems", type=int, default=64, help="of the smallest block")
    parser.add_argument("--times", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--written", type=float, nargs="+", default=[0, 0.5, 0.9])
    parser.add_argument("--lists", action="store_true", help="with a log-probability a token")
    options = parser.parse_args()
    if options.job:
        folder, problems, stop_after = options.job
        run(Path(folder), int(problems), int(stop_after), options.lists)
        return
    print(f"{SAMPLES} samples a problem, {TOKENS} tokens each; peaks in MB")
    print(" samples  written  parts  shard MB  before  sampled  merged  merging s")
    for times in options.times:
        for share in options.written:
            problems = options.problems * times
            found = measure(problems, share, options.lists)
            print(
                f"{problems * SAMPLES:8d} {share:8.0%} {found['parts']:6.0f} {found['size']:9.1f} "
                f"{found['ready']:7.0f} {found['sampled']:8.0f} {found['merged']:7.0f} "
                f"{found['merging']:10.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()

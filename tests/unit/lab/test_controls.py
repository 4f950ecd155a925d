"""The claim behind the default study: the training mix makes the crossing, not the analysis.

One base is trained by the recipe; the same algorithm then runs on two mixes of
problems.  With few ``q`` problems it forgets their strategy and ends below the
base at large k; with half of them it learns to read the marker and does not.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from boundary.config.lab import LabBenchmark, Pretrain, Reinforce
from boundary.engines.decode import decode
from boundary.lab.model import load_model
from boundary.lab.train import train
from boundary.tasks.registers import IDS, VOCABULARY, check, problems
from harness import in_test_all

pytestmark = [pytest.mark.slow, in_test_all]
SAMPLES = 256


def counts(folder) -> dict[str, np.ndarray]:
    """Correct samples per problem, by family, on problems of length 4."""
    model = load_model(folder).eval()
    questions = problems("control", LabBenchmark(problems=20, lengths=[4], minority_share=0.5))
    generator = torch.Generator().manual_seed(0)
    found: dict[str, list[int]] = {"p": [], "q": []}
    for text in questions["question"]:
        decoded = decode(
            model,
            [[IDS[word] for word in text.split()]],
            samples=SAMPLES,
            uniforms=torch.rand((SAMPLES, 14), generator=generator, dtype=torch.float64),
            temperature=1.0,
            top_p=1.0,
            max_tokens=14,
            stop_ids=[IDS["<eos>"]],
            pad_id=0,
        )
        rows = zip(decoded.tokens.tolist(), decoded.lengths.tolist(), strict=True)
        responses = (" ".join(VOCABULARY[i] for i in row[: n - 1]) for row, n in rows)
        found[text[0]].append(sum(check(text, response).correct for response in responses))
    return {family: np.array(values) for family, values in found.items()}


def test_the_mix_decides_whether_a_strategy_is_lost(tmp_path):
    threads = torch.get_num_threads()
    parents = {}
    runs = {
        "base": Pretrain(recipe="pretrain"),
        "few": Reinforce(recipe="reinforce", start="base", steps=60, lengths=[3, 6]),
        "half": Reinforce(
            recipe="reinforce", start="base", steps=60, lengths=[3, 6], minority_share=0.5
        ),
    }
    for name, run in runs.items():
        train(run, tmp_path / name, parents=parents, threads=threads)
        parents[name] = tmp_path / name / f"step-{run.steps:05d}"
    base, few, half = (counts(parents[name]) for name in runs)
    # Training raises pass@1 of the majority in both; the base solves all at k = 256.
    assert base["p"].mean() < 0.4 * SAMPLES < 0.8 * SAMPLES < few["p"].mean()
    assert (base["q"] > 0).mean() >= 0.9
    # Few q problems: their strategy is gone, and 256 samples do not bring it back.
    assert (few["q"] > 0).mean() <= 0.3
    # Half of them: kept, and sampled more surely than by the base.
    assert (half["q"] > 0).all()
    assert half["q"].mean() > 3 * base["q"].mean()

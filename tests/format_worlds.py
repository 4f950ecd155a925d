"""Simulated pairs of models that differ in the form of their answers, in ability, or in both.

A problem has a difficulty; what a model does with a response to it (cut without an answer, ended
without one, answered in a box, declared, or otherwise) and how often its answer is right hang on
it, each by a logit.  The true parts of a gain are worked out of 200,000 problems' chances.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from boundary.analysis.pairs import Pair
from boundary.analysis.questions import Questions

FORMS = ("boxed", "declared", "any")
NAMES = ("comparison", "base", "other", "benchmark", "protocol", "other_protocol")
POPULATION = 200_000


@dataclass(frozen=True)
class Model:
    """A model: logits at the mean difficulty of being right, cut, silent and boxed."""

    right: float = 0.0
    cut: float = -3.0
    silent: float = -3.0
    boxed: float = 0.5
    sharp: float = 1.0

    def chances(self, difficulty, luck):
        """Return the chances of the five ends of a response ``[M, 5]``, and of being right."""

        def at(logit):
            return 1 / (1 + np.exp(-logit))

        right = at(self.sharp * (self.right - 2 * difficulty))
        cut = at(self.cut + 0.7 * difficulty)
        silent = (1 - cut) * at(self.silent + 0.5 * difficulty)
        boxed = at(self.boxed - 0.5 * difficulty + luck)
        declared = (1 - boxed) * 0.6
        answered = (1 - cut - silent)[:, None]
        forms = answered * np.stack([boxed, declared, 1 - boxed - declared], axis=1)
        return np.concatenate([np.stack([cut, silent], axis=1), forms], axis=1), right


BASE = Model()
#: What becomes of the base, by the name of the world.
WORLDS = {
    "nothing": BASE,
    "format": replace(BASE, boxed=3.0),
    "answering": replace(BASE, cut=-5.0, silent=-6.0),
    "ability": replace(BASE, right=0.5, sharp=1.3),
    "both": Model(right=0.5, cut=-4.0, silent=-5.0, boxed=3.0, sharp=1.3),
}
#: In the worlds of format and answering the base has much to gain by them.
CLUMSY = replace(BASE, cut=-1.5, silent=-1.5, boxed=-1.0)


def models(world):
    """Return base and other of a world."""
    clumsy = world in ("format", "answering", "both")
    base = replace(CLUMSY, boxed=BASE.boxed) if world == "answering" else CLUMSY
    if world == "format":
        base = replace(BASE, boxed=-1.0)
    return (base if clumsy else BASE), WORLDS[world]


def problems(rng, m):
    """Draw difficulties and what a problem adds to the logit of a box, ``[M]`` each."""
    return rng.normal(size=m), rng.normal(scale=0.7, size=m)


def truth(world, rule="any", seed=1):
    """Return the true parts of the gain by name, worked out without the package."""
    drawn = problems(np.random.default_rng([seed, POPULATION]), POPULATION)
    sides = []
    for model in models(world):
        ends, right = model.chances(*drawn)
        shares, rights = ends.mean(axis=0), (ends * right[:, None]).mean(axis=0)
        read = 3 + FORMS.index(rule)
        sides.append((shares[0], shares[1] + shares[read:].sum(), shares[2:read], rights[2:read]))
    (cut_b, no_b, w_b, v_b), (cut_o, no_o, w_o, v_o) = sides
    a_b, a_o = w_b.sum(), w_o.sum()
    r_b, r_o = v_b.sum() / a_b, v_o.sum() / a_o
    r, a = (r_b + r_o) / 2, (a_b + a_o) / 2
    parts = {"gain": v_o.sum() - v_b.sum(), "answering": (a_o - a_b) * r}
    parts |= {"cut": (cut_b - cut_o) * r, "no_answer": (no_b - no_o) * r}
    parts["being_right"] = a * (r_o - r_b)
    for i, form in enumerate(FORMS[: len(w_b)] if len(w_b) > 1 else ()):
        s_b, s_o = w_b[i] / a_b, w_o[i] / a_o
        q_b, q_o = v_b[i] / w_b[i], v_o[i] / w_o[i]
        parts[f"form_{form}"] = a * (s_o - s_b) * ((q_b + q_o) / 2 - r)
        parts[f"right_{form}"] = a * (s_b + s_o) / 2 * (q_o - q_b)
    return parts


def drawn_pair(world, m, n, rng, rule="any"):
    """Draw the scores of a pair of models, of problems that both answer n times."""
    hard, luck = problems(rng, m)
    ids = [f"{i:05}" for i in range(m)]
    arms = {}
    for side, model in zip(("base", "other"), models(world), strict=True):
        ends, right = model.chances(hard, luck)
        count = rng.multinomial(n, ends)
        hits = rng.binomial(count[:, 2:], right[:, None])
        cumulative = dict(zip(FORMS, np.cumsum(hits, axis=1).T, strict=True))
        read = FORMS.index(rule) + 1
        kept, good = count[:, 2:].copy(), hits.copy()
        kept[:, read:] = good[:, read:] = 0
        arms[side] = pl.DataFrame(
            {
                "problem_id": ids,
                "n": np.full(m, n),
                "correct": cumulative[rule],
                "no_answer": n - kept.sum(axis=1),
                "truncated_no_answer": count[:, 0],
                **{f"answered_{form}": kept[:, i] for i, form in enumerate(FORMS[:2])},
                **{f"answered_{form}_correct": good[:, i] for i, form in enumerate(FORMS[:2])},
                **{f"correct_{form}": each for form, each in cumulative.items()},
            }
        )
    counts = (arms[side][name].to_numpy() for side in arms for name in ("n", "correct"))
    labels = dict(zip(NAMES, ("c", "base", "other", "bench", "p", "p"), strict=True))
    return Pair(labels, ids, Questions.distinct(m), *counts), arms

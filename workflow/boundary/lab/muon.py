"""Muon: momentum whose update is orthogonalised, for the matrices of a network.

torch.optim.Muon works in bfloat16, one matrix at a time, which a CPU does
slowly; this one works in single precision on all matrices of one shape at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch

MOMENTUM = 0.95
ITERATIONS = 4
COEFFICIENTS = (3.4445, -4.7750, 2.0315)


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised by Newton-Schulz iterations.

    After K. Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural
    networks" (kellerjordan.github.io/posts/muon).

    Parameters
    ----------
    matrices : iterable of torch.nn.Parameter
        Two-dimensional parameters.
    lr : float
        Step size; times sqrt(max(1, rows / columns)).
    weight_decay : float
        Decoupled.
    """

    def __init__(
        self, matrices: Iterable[torch.nn.Parameter], lr: float, weight_decay: float
    ) -> None:
        super().__init__(matrices, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Update every matrix that has a gradient."""
        for group in self.param_groups:
            shapes: dict[torch.Size, list[tuple[torch.nn.Parameter, torch.Tensor]]]
            shapes = defaultdict(list)
            for matrix in group["params"]:
                if matrix.grad is not None:
                    shapes[matrix.shape].append((matrix, matrix.grad))
            for (rows, columns), pairs in shapes.items():
                updates = orthogonalise(torch.stack([self._momentum(*pair) for pair in pairs]))
                rate = group["lr"] * max(1.0, rows / columns) ** 0.5
                for (matrix, _), update in zip(pairs, updates, strict=True):
                    matrix.mul_(1 - group["lr"] * group["weight_decay"])
                    matrix.add_(update, alpha=-rate)

    def _momentum(self, matrix: torch.nn.Parameter, gradient: torch.Tensor) -> torch.Tensor:
        state = self.state[matrix]
        if not state:
            state["momentum"] = torch.zeros_like(matrix)
        momentum: torch.Tensor = state["momentum"]
        momentum.lerp_(gradient, 1 - MOMENTUM)
        nesterov: torch.Tensor = gradient.lerp(momentum, MOMENTUM)
        return nesterov


def orthogonalise(matrices: torch.Tensor) -> torch.Tensor:
    """Bring all singular values near 1 by a quintic Newton-Schulz iteration.

    Parameters
    ----------
    matrices : torch.Tensor
        ``[count, rows, columns]``.

    Returns
    -------
    torch.Tensor
        Of the same shape, with singular values roughly in [0.7, 1.2] (those
        that are not tiny against the Frobenius norm).
    """
    wide = matrices.shape[1] <= matrices.shape[2]
    x = matrices if wide else matrices.mT
    norms: torch.Tensor = torch.linalg.matrix_norm(x, keepdim=True)
    x = x / norms.clamp(min=1e-7)
    a, b, c = COEFFICIENTS
    for _ in range(ITERATIONS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x if wide else x.mT

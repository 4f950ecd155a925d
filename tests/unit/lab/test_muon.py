"""Muon: the update has singular values near one and the directions of the gradient."""

from __future__ import annotations

import pytest
import torch

from boundary.lab.muon import Muon, orthogonalise


@pytest.mark.parametrize("shape", [(3, 64, 64), (2, 192, 64), (2, 64, 192)])
def test_singular_values_come_near_one_and_directions_stay(shape):
    matrices = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    found = orthogonalise(matrices)
    values = torch.linalg.svdvals(found)
    assert values.max() < 1.25
    assert values.median() > 0.65
    u, _, v = torch.linalg.svd(matrices, full_matrices=False)
    rotated = u.mT @ found @ v.mT
    off = rotated - torch.diag_embed(rotated.diagonal(dim1=1, dim2=2))
    assert off.abs().max() < 1e-3


def test_a_stack_equals_its_matrices_one_by_one():
    matrices = torch.randn((4, 32, 16), generator=torch.Generator().manual_seed(1))
    single = torch.cat([orthogonalise(matrices[i : i + 1]) for i in range(4)])
    assert torch.allclose(orthogonalise(matrices), single, atol=1e-5)


def test_first_step_by_hand():
    start = torch.randn((8, 2), generator=torch.Generator().manual_seed(2))
    gradient = torch.randn((8, 2), generator=torch.Generator().manual_seed(3))
    matrix = torch.nn.Parameter(start.clone())
    matrix.grad = gradient.clone()
    Muon([matrix], lr=0.1, weight_decay=0.5).step()
    # the momentum is a multiple of the gradient, and orthogonalising forgets the scale
    wanted = start * (1 - 0.1 * 0.5) - 0.1 * 2 * orthogonalise(gradient[None])[0]
    assert torch.allclose(matrix, wanted, atol=1e-5)


def test_it_minimises():
    target = torch.randn((6, 6), generator=torch.Generator().manual_seed(4))
    matrix = torch.nn.Parameter(torch.zeros(6, 6))
    optimiser = Muon([matrix], lr=0.02, weight_decay=0.0)
    losses = []
    for _ in range(200):
        optimiser.zero_grad()
        loss = (matrix - target).square().sum()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.05 * losses[0]

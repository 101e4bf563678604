"""Random changes to face crops that leave the expression alone."""

import math

import torch
from torch import Tensor
from torch.nn import functional

TURN_DEGREES = 12.0
ZOOM = 0.12
STRETCH = 0.06
SHIFT = 0.08
GAMMA = 0.35
LIGHT = 0.6
NOISE = 4.0
COARSE = 0.15
COARSEST = 18


def augment(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Return randomly changed crops, float (B, 48, 48) in 0..255, of crops uint8 (B, 48, 48).

    Mirrored (half of them), turned, zoomed, stretched and shifted as a loose detector box would
    be; other exposure (gamma), light from one side, blur, few pixels, sensor noise, and a hidden
    rectangle (random erasing, Zhong et al., AAAI 2020).
    """
    faces = _move(pixels.float().unsqueeze(1), generator)
    faces = _relight(faces, generator)
    faces = _degrade(faces, generator)
    return _hide(faces, generator).squeeze(1)


def _uniform(count: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=generator)


def _move(faces: Tensor, generator: torch.Generator) -> Tensor:
    count = len(faces)
    turn = _uniform(count, -TURN_DEGREES, TURN_DEGREES, generator) * math.pi / 180
    zoom = torch.exp(_uniform(count, -ZOOM, ZOOM, generator))
    stretch = torch.exp(_uniform(count, -STRETCH, STRETCH, generator))
    mirror = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
    shift = _uniform(2 * count, -2 * SHIFT, 2 * SHIFT, generator).view(2, count)
    across, down = zoom * stretch, zoom / stretch
    affine = torch.stack([
        torch.stack([mirror * across * torch.cos(turn), -down * torch.sin(turn), shift[0]], 1),
        torch.stack([mirror * across * torch.sin(turn), down * torch.cos(turn), shift[1]], 1)], 1)
    grid = functional.affine_grid(affine, list(faces.shape), align_corners=False)
    return functional.grid_sample(faces, grid, padding_mode='border', align_corners=False)


def _relight(faces: Tensor, generator: torch.Generator) -> Tensor:
    count, side = len(faces), faces.shape[-1]
    gamma = torch.exp(_uniform(count, -GAMMA, GAMMA, generator)).view(-1, 1, 1, 1)
    angle = _uniform(count, 0, 2 * math.pi, generator).view(-1, 1, 1, 1)
    slope = _uniform(count, 0, LIGHT, generator).view(-1, 1, 1, 1)
    steps = torch.linspace(-1, 1, side)
    ramp = torch.cos(angle) * steps.view(1, 1, 1, -1) + torch.sin(angle) * steps.view(1, 1, -1, 1)
    return 255 * (faces / 255).clamp(0, 1) ** gamma * (1 + slope * ramp / 2)


def _degrade(faces: Tensor, generator: torch.Generator) -> Tensor:
    count = len(faces)
    blurred = functional.avg_pool2d(functional.pad(faces, (1, 1, 1, 1), mode='replicate'), 3, 1)
    share = (_uniform(count, -1.5, 1.0, generator)).clamp(min=0).view(-1, 1, 1, 1)
    noise = torch.randn(faces.shape, generator=generator)
    level = _uniform(count, 0, NOISE, generator).view(-1, 1, 1, 1)
    faces = (faces + share * (blurred - faces) + level * noise).clamp(0, 255)
    return _coarsen(faces, generator)


def _coarsen(faces: Tensor, generator: torch.Generator) -> Tensor:
    """Return faces of which some, all of a batch to the same side, have lost their details."""
    side = int(torch.randint(COARSEST, faces.shape[-1], (), generator=generator))
    rows = torch.nonzero(torch.rand(len(faces), generator=generator) < COARSE).flatten()
    if len(rows):
        few = functional.interpolate(faces[rows], (side, side), mode='area')
        faces[rows] = functional.interpolate(few, faces.shape[-2:], mode='bilinear')
    return faces


def _hide(faces: Tensor, generator: torch.Generator) -> Tensor:
    count, side = len(faces), faces.shape[-1]
    centre = _uniform(2 * count, 0, side, generator).view(2, count, 1)
    half = _uniform(2 * count, side / 12, side / 5, generator).view(2, count, 1)
    steps = torch.arange(side).view(1, 1, -1)
    inside = (steps - centre).abs() < half
    hidden = inside[0].unsqueeze(2) & inside[1].unsqueeze(1)
    hidden &= (torch.rand(count, generator=generator) < 0.3).view(-1, 1, 1)
    shade = _uniform(count, 0, 255, generator).view(-1, 1, 1, 1)
    return torch.where(hidden.unsqueeze(1), shade, faces)

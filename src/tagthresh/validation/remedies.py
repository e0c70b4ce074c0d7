"""What to do about matrices that are not what they should be: tensors, stacks, infinite scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

BY_CLASS = "np.stack([p[:, 1] for p in {0}], axis=1)"
BY_CLASSES = "np.stack([p[:, -1] * c[-1] for p, c in zip({0}, model.classes_)], axis=1)"
STANDARD_FLOATS = {"torch.float16", "torch.float32", "torch.float64"}
OF_FRAMES = "np.stack([clip.max(axis=0) for clip in {0}])"


def of_type(name: str, value: Any) -> str | None:
    """Return how to make a NumPy array of what NumPy cannot convert; None where nothing is known.

    Parameters
    ----------
    name : str
        What the argument is called.
    value : object
        A tensor of PyTorch, a list of tensors, or a list of arrays of different shapes.
    """
    inner = value[0] if isinstance(value, list | tuple) and len(value) else value
    if hasattr(inner, "detach"):
        calls, listed = _calls(inner), inner is not value
        return f"Pass {name}{'[0]' * listed}{calls}{', and so on' * listed}" if calls else None
    return _of_parts(name, _shapes(value)) if inner is not value else None


def of_dtype(dtype: np.dtype[Any]) -> str | None:
    """Return how to convert float types that are narrower or wider than NumPy's own."""
    if dtype.name.startswith(("bfloat", "float8")):
        return "Convert with .astype(np.float32)"
    return "Convert with .astype(np.float64)" if dtype.kind == "f" else None


def _calls(tensor: Any) -> str:
    """Methods of a tensor to be called before NumPy can read it."""
    layout, device = str(tensor.layout), str(tensor.device)
    calls = {
        ".detach()": tensor.requires_grad,
        ".to_dense()": layout != "torch.strided",
        ".float()": tensor.is_floating_point() and str(tensor.dtype) not in STANDARD_FLOATS,
        ".cpu()": not device.startswith("cpu"),
    }
    return "".join(call for call, needed in calls.items() if needed)


def _shapes(parts: Sequence[Any]) -> list[tuple[int, ...] | None]:
    """Shape of each part; None where it has none of its own."""
    shapes: list[tuple[int, ...] | None] = []
    for part in parts:
        try:
            shapes.append(np.shape(part))
        except (TypeError, ValueError, RuntimeError):
            shapes.append(None)
    return shapes


def _of_parts(name: str, shapes: list[tuple[int, ...] | None]) -> str | None:
    """Return what to do about a list of arrays, by their shapes."""
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes):
        return None
    if all(len(shape) == 2 for shape in known):
        if {shape[1] for shape in known} <= {1, 2} and len({shape[0] for shape in known}) == 1:
            alike = all(shape[1] == 2 for shape in known)
            mend = (BY_CLASS if alike else BY_CLASSES).format(name)
            return f"A list of one array per tag, as predict_proba of MultiOutputClassifier: {mend}"
        if len({shape[1] for shape in known}) == 1:
            return f"A list of one array (frames, tags) per clip: {OF_FRAMES.format(name)}"
    if all(len(shape) == 1 for shape in known):
        sizes = [shape[0] for shape in known]
        odd = next((i for i, size in enumerate(sizes) if size != sizes[0]), 0)
        return f"Row {odd} has {sizes[odd]} values and row 0 has {sizes[0]}; make them equal"
    return None


def of_shape(name: str, shape: tuple[int, ...], value: object = None) -> str | None:
    """Return how to make (clips, tags) of another shape.

    Parameters
    ----------
    name : str
        What the argument is called.
    shape : tuple of int
        Not of two dimensions.
    value : object, optional
        What the array was made of.

    Examples
    --------
    >>> of_shape("y_score", (50, 4, 1))
    'Use y_score[:, :, 0]'
    """
    if len(shape) == 1:
        return "reshape(-1, 1) makes one tag of a list, reshape(1, -1) one clip"
    if len(shape) != 3:
        return None
    by_part = _of_parts(name, _shapes(value)) if isinstance(value, list | tuple) else None
    return by_part or f"Use {_flat(name, shape)}"


def _flat(name: str, shape: tuple[int, ...]) -> str:
    """Expression that makes two dimensions of three."""
    frames = f"{name}.max(axis=1) for (clips, frames, tags)"
    if shape[2] == 1:
        return f"{name}[:, :, 0]"
    if shape[0] == 1:
        return f"{name}[0]"
    return f"{name}[:, :, 1] for (clips, tags, classes), {frames}" if shape[2] == 2 else frames


def of_value(value: float) -> str:
    """Return what to do about a score that is not finite.

    Examples
    --------
    >>> of_value(-np.inf)
    'Use a floor such as log(1e-30), -69.08, for the logarithm of 0'
    """
    if np.isnan(value):
        return "Score the clip again, leave it out, or label it -1 (unknown) where there are labels"
    if value < 0:
        return "Use a floor such as log(1e-30), -69.08, for the logarithm of 0"
    return "Use a ceiling such as 1e30, or a wider float type than the one that overflowed"

"""Between an image as its file has it and the array a network sees: axes of the wrist, and left wrists as mirror images of right ones.

An image is turned by permuting and flipping its axes alone; nothing is interpolated. Directions of the wrist come from the file's world, on the assumption that
the arm lies stretched out overhead with the palm to the front (distal is S, palmar is A); `distal="I"` and `palmar="P"` say otherwise.
"""

import numpy

from .geometry import PLANES

# Directions of the wrist in the files' world, RAS.
OPPOSITE = {"R": "L", "L": "R", "A": "P", "P": "A", "S": "I", "I": "S"}


def directions(side: str, distal: str = "S", palmar: str = "A") -> numpy.ndarray:
    """RAS unit vectors of (distal, radial, palmar), as rows.

    Seen with the hand pointing up and its palm towards the viewer, the thumb of a right hand points to the viewer's right.
    """
    unit = {"R": (1, 0, 0), "L": (-1, 0, 0), "A": (0, 1, 0), "P": (0, -1, 0), "S": (0, 0, 1), "I": (0, 0, -1)}
    d, p = numpy.array(unit[distal]), numpy.array(unit[palmar])
    radial = numpy.cross(d, p) if side == "R" else numpy.cross(p, d)
    return numpy.stack([d, radial, p])


def plane_of(affine: numpy.ndarray, side: str, **arm) -> tuple[str, list[int], list[int]]:
    """The plane of an image's slices, its axes in the order (slice, row, column), and the sign of each.

    The slice axis is the one of widest spacing, the last among equals.
    """
    linear = affine[:3, :3]
    spacing = numpy.linalg.norm(linear, axis=0)
    along = directions(side, **arm) @ (linear / spacing)
    slice_axis = max(range(3), key=lambda a: (round(spacing[a], 3), a))
    wrist_axis = int(numpy.argmax(numpy.abs(along[:, slice_axis])))
    plane = ("axial", "sagittal", "coronal")[wrist_axis]
    # The assignment of the other two axes that fits best; a scan is never so oblique that it is a tie.
    rows = numpy.array(PLANES[plane], float) @ along
    others = [a for a in range(3) if a != slice_axis]
    straight = abs(rows[1, others[0]]) + abs(rows[2, others[1]])
    crossed = abs(rows[1, others[1]]) + abs(rows[2, others[0]])
    axes = [slice_axis, *(others if straight >= crossed else others[::-1])]
    return plane, axes, [1 if rows[i, a] >= 0 else -1 for i, a in enumerate(axes)]


def to_network(values: numpy.ndarray, axes: list[int], signs: list[int]) -> numpy.ndarray:
    """The array a network sees."""
    return values.transpose(axes)[tuple(slice(None, None, s) for s in signs)]


def from_network(values: numpy.ndarray, axes: list[int], signs: list[int]) -> numpy.ndarray:
    """The array in the file's order."""
    return values[tuple(slice(None, None, s) for s in signs)].transpose(numpy.argsort(axes))

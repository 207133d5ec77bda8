"""The wrist as implicit surfaces: which tissue, which bone and which disease lies at a point."""

import numpy as np

import anatomy
from mrsignal import INDEX

GAP = 1.6
"""Millimetres between two bones where they meet, both layers of cartilage included."""
CARTILAGE = 0.6
REACH = 5.0
"""How far from a bone its distance is still computed."""


def frame(direction):
    """Orthonormal rows: the direction, and two across it, the second nearest to radial."""
    first = np.asarray(direction, float)
    first = first / np.sqrt(np.sum(first * first))
    helper = np.array([0.0, 1.0, 0.0]) if abs(first[1]) < 0.9 else np.array([0.0, 0.0, 1.0])
    second = helper - first * np.sum(helper * first)
    second = second / np.sqrt(np.sum(second * second))
    return np.array([first, second, np.cross(first, second)])


def quadric(points, centre, semi, direction=(1, 0, 0), exponent=2.0):
    """About the signed distance to a superquadric, exact to first order near its surface."""
    d, r, p = (x - c for x, c in zip(points, centre))
    total, slope = 0.0, 0.0
    for axis, length in zip(frame(direction), semi):
        along = np.abs(axis[0] * d + axis[1] * r + axis[2] * p) / length + 1e-9
        power = along ** (exponent - 1)
        total = total + power * along
        slope = slope + (power / length) ** 2
    k = total ** (1 / exponent)
    return (k - 1) * k ** (exponent - 1) / np.sqrt(slope)


def cone(points, a, b, radius_a, radius_b):
    """About the signed distance to a round cone between two points."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    axis = b - a
    d, r, p = (x - c for x, c in zip(points, a))
    t = np.clip((d * axis[0] + r * axis[1] + p * axis[2]) / np.sum(axis * axis), 0, 1)
    return np.sqrt((d - t * axis[0]) ** 2 + (r - t * axis[1]) ** 2 + (p - t * axis[2]) ** 2) - (radius_a + t * (radius_b - radius_a))


def tube(points, knots, radius, flattening):
    """About the signed distance to a tube whose middle is a curve over the distal coordinate; it ends with its knots."""
    knots = np.asarray(knots, float)
    order = np.argsort(knots[:, 0])
    d, r, p = points
    r = r - np.interp(d, knots[order, 0], knots[order, 1])
    p = (p - np.interp(d, knots[order, 0], knots[order, 2])) / flattening
    to_end = np.minimum(d - knots[:, 0].min(), knots[:, 0].max() - d)
    side = np.sqrt(r * r + p * p) - radius * np.sqrt(np.clip(to_end / 5, 0, 1))
    return np.where(to_end > 0, side, np.maximum(side, -to_end))


def smooth_max(a, b, width):
    """The larger of two, rounded where they are alike."""
    h = np.maximum(width - np.abs(a - b), 0) / width
    return np.maximum(a, b) + h * h * width / 4


def smooth_min(a, b, width):
    """The smaller of two, rounded where they are alike."""
    return -smooth_max(-a, -b, width)


def bumps(points, phase, amplitude):
    """A smooth unevenness, different for every phase."""
    d, r, p = points
    coarse = np.sin(0.42 * d + 0.23 * r + phase) * np.cos(0.36 * p - 0.9 * phase)
    fine = np.sin(0.61 * r - 0.33 * p + 1.7 * phase) * np.cos(0.55 * d + phase)
    return amplitude * (coarse + 0.6 * fine)


def part_box(part):
    """The corners of a box round a part of a bone."""
    if part[0] == "cone":
        ends, radius = np.array([part[1], part[2]], float), max(part[3:])
        return ends.min(axis=0) - radius, ends.max(axis=0) + radius
    reach = np.sum(np.abs(frame(part[3]) * np.asarray(part[2])[:, None]), axis=0)
    return np.asarray(part[1]) - reach, np.asarray(part[1]) + reach


def bone_distance(points, number):
    """About the signed distance to a bone before its neighbours trim it."""
    parts = anatomy.BONES[anatomy.BONE_NAMES[number]]
    shapes = {"quadric": quadric, "cone": cone}
    distance = shapes[parts[0][0]](points, *parts[0][1:])
    for part in parts[1:]:
        distance = smooth_min(distance, shapes[part[0]](points, *part[1:]), 3.0)
    return distance + bumps(points, 1.3 * number, 0.35)


class Slab:
    """Points of a few neighbouring layers of a grid, in the wrist's own frame, and what lies there."""

    def __init__(self, points, index_of):
        """`points` are three arrays [layer, row, column]; `index_of` maps points of the wrist's frame to (layer, row, column)."""
        self.points = points
        self.index_of = index_of
        self.shape = points[0].shape

    def window(self, low, high, margin):
        """Slices round a box given in the wrist's frame, or None when the slab misses it."""
        corners = np.array([[(low, high)[i >> a & 1][a] + (-margin, margin)[i >> a & 1] for a in range(3)] for i in range(8)])
        index = self.index_of(corners)
        first = np.maximum(np.floor(index.min(axis=0)).astype(int), 0)
        last = np.minimum(np.ceil(index.max(axis=0)).astype(int) + 1, self.shape)
        return None if np.any(first >= last) else tuple(slice(a, b) for a, b in zip(first, last))

    def at(self, window):
        """The points of a window."""
        return tuple(x[window] for x in self.points)

    def bones(self):
        """Per point: the trimmed signed distance to the nearest bone, that bone's number, and the untrimmed distance to the second nearest."""
        nearest, second = np.full(self.shape, 99.0), np.full(self.shape, 99.0)
        which = np.full(self.shape, -1, np.int8)
        for number, name in enumerate(anatomy.BONE_NAMES):
            boxes = [part_box(part) for part in anatomy.BONES[name]]
            window = self.window(np.min([b[0] for b in boxes], axis=0), np.max([b[1] for b in boxes], axis=0), REACH)
            if window is None:
                continue
            distance = bone_distance(self.at(window), number)
            old, runner = nearest[window], second[window]
            closer = distance < old
            second[window] = np.where(closer, old, np.minimum(runner, distance))
            which[window] = np.where(closer, number, which[window])
            nearest[window] = np.minimum(old, distance)
        trimmed = smooth_max(nearest, (nearest - second + GAP) / 2, 1.2)
        return np.where(second > 50, nearest, trimmed), which, second

    def inside(self, kind, shape, mask, value, target):
        """Writes a value where a shape lies, within a mask."""
        if kind == "tube":
            knots, radius = np.asarray(shape[0], float), shape[1] * max(1, shape[2])
            low, high = knots.min(axis=0) - radius, knots.max(axis=0) + radius
        else:
            low, high = part_box(("quadric", shape[0], shape[1], shape[2] if len(shape) > 2 else (1, 0, 0)))
        window = self.window(low, high, 1.5)
        if window is None:
            return
        points = self.at(window)
        distance = tube(points, *shape) if kind == "tube" else quadric(points, *shape) + bumps(points, shape[0][0], 0.35)
        target[window] = np.where((distance < 0) & mask[window], value, target[window])


def skin_depth(points):
    """Millimetres below the skin, negative in air."""
    d, r, p = points
    knots = np.asarray(anatomy.OUTLINE)
    middle_r, middle_p, half_r, half_p = (np.interp(d, knots[:, 0], knots[:, i]) for i in range(1, 5))
    x, y = np.abs(r - middle_r) / half_r + 1e-9, np.abs(p - middle_p) / half_p + 1e-9
    k = (x ** 2.5 + y ** 2.5) ** 0.4
    slope = np.sqrt((x ** 1.5 / half_r) ** 2 + (y ** 1.5 / half_p) ** 2) * k ** -1.5
    return -smooth_min((k - 1) / slope, cone(points, *anatomy.THUMB), 10.0)


def cortex_thickness(distal):
    """Thin at the ends of bones and round carpals, thicker along the shafts."""
    return 0.7 + np.interp(distal, [-60, -42, 23, 45], [1.3, 0, 0, 1.2])


def classify(slab, visit):
    """Tissue by index, bone number of marrow (-1 elsewhere) and disease masks of a slab at a visit (0 or 1)."""
    d, r, p = slab.points
    depth = skin_depth(slab.points)
    layers = [depth < 0, depth < 1.1, depth < 3.4 + 0.8 * np.sin(0.11 * d + 0.2 * r)]
    tissue = np.select(layers, [INDEX[name] for name in ("air", "skin", "fat")], INDEX["loose"]).astype(np.int8)
    deep, under_skin = tissue == INDEX["loose"], depth > 1.1
    for shape in anatomy.MUSCLES:
        slab.inside("quadric", shape, deep, INDEX["muscle"], tissue)
    bone, which, second = slab.bones()
    wavy = d + 1.5 * np.sin(0.5 * r) + 1.2 * np.sin(0.45 * p)
    carpal = (wavy > -40) & (wavy < 24)
    tissue[deep & (bone < np.interp(wavy, [-44, -33, 16, 28], [0.2, 1.8, 1.8, 0.2]))] = INDEX["capsule"]
    for shape in anatomy.RETINACULA:
        slab.inside("quadric", shape, deep, INDEX["retinaculum"], tissue)
    joint = deep & carpal & (second < 2.0) & (bone < 1.8)
    tissue[joint] = INDEX["fluid"]
    slab.inside("quadric", anatomy.DISC, deep, INDEX["fibrocartilage"], tissue)
    free = deep & (bone > 0)
    synovitis = np.zeros(slab.shape, bool)
    for blob in anatomy.SYNOVITIS.values():
        slab.inside("quadric", (blob[0], blob[1 + visit]), free & ~(carpal & (second < 2.5) & (bone < CARTILAGE)), True, synovitis)
    tissue[synovitis] = INDEX["synovitis"]
    for kind, tubes in (("nerve", anatomy.NERVES), ("vessel", anatomy.VESSELS), ("tendon", anatomy.TENDONS)):
        for shape in tubes:
            slab.inside("tube", shape, under_skin & (bone > 0.6), INDEX[kind], tissue)
    tissue[(bone < CARTILAGE) & (bone >= 0) & (second < 2.5) & carpal] = INDEX["cartilage"]
    tissue[bone < 0] = INDEX["cortex"]
    marrow = bone < -cortex_thickness(d)
    tissue[marrow] = INDEX["marrow"]
    name, centre, *sizes = anatomy.OEDEMA
    oedema = np.zeros(slab.shape, bool)
    slab.inside("quadric", (centre, sizes[visit]), marrow & (which == anatomy.BONE_NAMES.index(name)), True, oedema)
    tissue[oedema] = INDEX["oedema"]
    return tissue, np.where(marrow, which, -1), tissue == INDEX["synovitis"], oedema

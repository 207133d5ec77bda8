"""Scanning the wrist: where it lies, how a grid samples it, and what the sequences make of it."""

import numpy as np

import anatomy
import mrsignal
import nifti
import wrist

FINE = (4, 2, 2)
"""Samples per voxel along layers, rows and columns."""
STAGGER = np.array([[1, 5], [7, 3]]) / 8
"""Where in its quarter of the layer each of the four samples in plane lies: sixteen depths in all, so flat surfaces show no steps."""

# The wrist's own axes (distal, radial, palmar) in RAS+ for a left arm stretched out overhead, palm to the front.
BODY_TO_WORLD = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
# Degrees about x, y and z, and millimetres, by visit: how the wrist lies, and how the slices are set (their middle and tilt).
POSES = [((1.5, -2.0, 2.5), (-4.0, 6.0, 3.0)), ((-0.7, 0.6, -0.8), (-1.2, 3.9, 6.4))]
SLICES = [((2.0, 8.6, 4.0), (3.5, -0.8, 2.6)), ((3.0, 7.2, 7.0), (-1.5, 2.4, -0.6))]
GAIN = [1.0, 1.15]
COIL = [((-3, 3, 2), (0.11, -0.08, 0.09)), ((1, 2, 0), (-0.07, 0.11, 0.08))]
SCALE = 1200.0
SNR = 35.0

_STIR_TR = 4.0
SEQUENCES = {
    "T1w": {"tr": 0.500, "te": 0.013, "grid": "t1"},
    "ce-gadolinium_T1w": {"tr": 0.500, "te": 0.013, "grid": "t1", "agent": True},
    "acq-stir_T2w": {"tr": _STIR_TR, "te": 0.045, "ti": mrsignal.nulling_time(mrsignal.FAT_T1, _STIR_TR), "grid": "stir"},
}
# Columns, rows, layers; millimetres; how far its middle lies from that of the slices of the visit.
GRIDS = {
    "t1": ((160, 192, 20), (0.5, 0.5, 2.5), (0.0, 0.0, 0.0)),
    "stir": ((144, 168, 19), (0.5625, 0.5625, 2.75), (0.4, -0.6, 0.9)),
}


def rotation(degrees):
    """Rotation about x, then y, then z."""
    (sx, sy, sz), (cx, cy, cz) = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def affine(linear, translation):
    """A 4 x 4 matrix."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = linear, translation
    return matrix


def pose(visit):
    """From the wrist's own frame to RAS+ millimetres at a visit."""
    degrees, shift = POSES[visit]
    return affine(rotation(degrees) @ BODY_TO_WORLD, shift)


def motion():
    """Takes a point of the wrist in RAS+ millimetres at the first visit to where it lies at the second."""
    return pose(1) @ np.linalg.inv(pose(0))


def grid_affine(name, visit):
    """Voxel indices to RAS+: coronal, columns to the left, rows upward, layers to the back, oblique by a few degrees."""
    size, spacing, offset = GRIDS[name]
    middle, degrees = SLICES[visit]
    axes = nifti.storable(rotation(degrees) @ np.array([[-1.0, 0, 0], [0, 0, 1], [0, 1, 0]]))
    linear = axes * [1, 1, -1] * spacing
    matrix = affine(linear, np.add(middle, offset))
    matrix[:3, 3] -= linear @ ((np.array(size) - 1) / 2)
    # The file keeps 32 bits: what is simulated is what is written.
    return matrix.astype(np.float32).astype(float)


def transform(matrix, columns, rows, layers):
    """Three coordinates of indices that broadcast against each other."""
    return tuple(m[0] * columns + m[1] * rows + m[2] * layers + m[3] for m in matrix[:3])


class Texture:
    """Smooth random unevenness that belongs to the wrist, so that it moves with it."""

    def __init__(self, rng, pitch):
        self.pitch = pitch
        self.origin = np.array([-90.0, -70.0, -60.0])
        self.table = rng.standard_normal(tuple(int(170 / pitch) for _ in range(3)))

    def at(self, points):
        """Trilinear interpolation of the table."""
        base, part = [], []
        for x, o, n in zip(points, self.origin, self.table.shape):
            t = np.clip((x - o) / self.pitch, 0, n - 1.001)
            base.append(t.astype(np.int32))
            part.append(t - base[-1])
        total = 0.0
        for corner in np.ndindex(2, 2, 2):
            weight = 1.0
            for f, c in zip(part, corner):
                weight = weight * (f if c else 1 - f)
            total = total + weight * self.table[base[0] + corner[0], base[1] + corner[1], base[2] + corner[2]]
        return total


def texture_strength():
    """How strongly each tissue's signal varies with the texture."""
    strength = np.zeros(len(mrsignal.NAMES))
    for name, value in {"marrow": 0.08, "oedema": 0.08, "muscle": 0.09, "fat": 0.05, "loose": 0.12, "capsule": 0.15, "synovitis": 0.06}.items():
        strength[mrsignal.INDEX[name]] = value
    return strength


def mean_of_fine(values):
    """The mean over the samples of every voxel of one layer."""
    layers, rows, columns = values.shape
    return values.reshape(layers, rows // FINE[1], FINE[1], columns // FINE[2], FINE[2]).mean(axis=(0, 2, 4))


def sample(grid, visit, textures):
    """Noiseless signals of all sequences on a grid, and the shares of every voxel that marrow, synovitis and oedema take.

    Returns `signals` by sequence and `shares`: for bones [bone, k, j, i], else [k, j, i].
    """
    size, _, _ = GRIDS[grid]
    to_wrist = np.linalg.inv(pose(visit)) @ grid_affine(grid, visit)
    from_wrist = np.linalg.inv(to_wrist)
    columns, rows = ((np.arange(n * f) + 0.5) / f - 0.5 for n, f in ((size[0], FINE[2]), (size[1], FINE[1])))
    names = [name for name, sequence in SEQUENCES.items() if sequence["grid"] == grid]
    tables = {name: mrsignal.table(SEQUENCES[name], SEQUENCES[name].get("agent", False)) for name in names}
    strength = texture_strength()
    signals = {name: np.zeros(size[::-1]) for name in names}
    shares = {"marrow": np.zeros((len(anatomy.BONES), *size[::-1])), "synovitis": np.zeros(size[::-1]), "oedema": np.zeros(size[::-1])}
    for k in range(size[2]):
        layers = k - 0.5 + (np.arange(FINE[0])[:, None, None] + np.tile(STAGGER, size[1::-1])) / FINE[0]
        points = transform(to_wrist, columns[None, None, :], rows[None, :, None], layers)

        def index_of(corners):
            """Fractional (layer, row, column) of points of the wrist's frame."""
            c, r, l = transform(from_wrist, *corners.T)
            return np.stack([(l - k + 0.5) * FINE[0] - 0.5, (r + 0.5) * FINE[1] - 0.5, (c + 0.5) * FINE[2] - 0.5], axis=1)

        tissue, bone, synovitis, oedema = wrist.classify(wrist.Slab(points, index_of), visit)
        uneven = 1 + strength[tissue] * sum(t.at(points) for t in textures)
        for name in names:
            signals[name][k] = mean_of_fine(tables[name][tissue] * uneven)
        for number in np.unique(bone[bone >= 0]):
            shares["marrow"][number, k] = mean_of_fine((bone == number).astype(float))
        shares["synovitis"][k], shares["oedema"][k] = mean_of_fine(synovitis.astype(float)), mean_of_fine(oedema.astype(float))
    return signals, shares


def acquire(signal, grid, visit, rng):
    """The stored image: receive field, gain, noise, whole numbers."""
    size, _, _ = GRIDS[grid]
    matrix = grid_affine(grid, visit)
    world = transform(matrix, np.arange(size[0])[None, None, :], np.arange(size[1])[None, :, None], np.arange(size[2])[:, None, None])
    field = mrsignal.receive_field(world, *COIL[visit])
    marrow = abs(mrsignal.table(SEQUENCES["T1w"], False)[mrsignal.INDEX["marrow"]])
    image = mrsignal.magnitude(signal * field, marrow / SNR, rng)
    return np.rint(np.minimum(image * SCALE * GAIN[visit], 32767)).astype(np.int16)

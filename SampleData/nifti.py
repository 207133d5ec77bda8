"""NIfTI-1 files, written from their definition with nothing but struct and gzip."""

import gzip
import struct

import numpy as np


def quaternion(rotation):
    """The quaternion (a, b, c, d), a >= 0, of a proper rotation matrix, by its largest component."""
    m = np.asarray(rotation, float)
    squares = np.array([
        1 + m[0, 0] + m[1, 1] + m[2, 2], 1 + m[0, 0] - m[1, 1] - m[2, 2],
        1 - m[0, 0] + m[1, 1] - m[2, 2], 1 - m[0, 0] - m[1, 1] + m[2, 2]])
    largest = int(np.argmax(squares))
    q = np.array([
        [squares[0], m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]],
        [m[2, 1] - m[1, 2], squares[1], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0]],
        [m[0, 2] - m[2, 0], m[0, 1] + m[1, 0], squares[2], m[1, 2] + m[2, 1]],
        [m[1, 0] - m[0, 1], m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], squares[3]]])[largest]
    q = q / np.sqrt(np.sum(q * q))
    return -q if q[0] < 0 else q


def storable(rotation):
    """The rotation nearest to a proper one whose quaternion survives the header's 32 bits, so that qform and sform agree."""
    b, c, d = (float(np.float32(x)) for x in quaternion(rotation)[1:])
    a = np.sqrt(max(0.0, 1 - b * b - c * c - d * d))
    return np.array([
        [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
        [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
        [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c]])


def header(shape, affine, code, bits, description):
    """The 348 bytes of the header and the 4 that say no extension follows.

    `affine` maps voxel indices to RAS+ millimetres; it stands in both the sform and the qform.
    """
    spacing = np.sqrt(np.sum(affine[:3, :3] ** 2, axis=0))
    rotation = affine[:3, :3] / spacing
    handedness = -1.0 if np.linalg.det(rotation) < 0 else 1.0
    rotation = rotation * [1, 1, handedness]
    q = quaternion(rotation)
    fields = struct.pack("<i10s18sihcB", 348, b"", b"", 0, 0, b"r", 0)
    fields += struct.pack("<8h", 3, *shape, 1, 1, 1, 1)
    fields += struct.pack("<3fhhhh", 0, 0, 0, 0, code, bits, 0)
    fields += struct.pack("<8f", handedness, *spacing, 0, 0, 0, 0)
    fields += struct.pack("<3fhBB", 352, 1, 0, 0, 0, 2)
    fields += struct.pack("<4f2i", 0, 0, 0, 0, 0, 0)
    fields += struct.pack("<80s24s2h", description.encode("ascii"), b"", 1, 1)
    fields += struct.pack("<6f", *q[1:], *affine[:3, 3])
    fields += struct.pack("<12f", *affine[:3].ravel())
    fields += struct.pack("<16s4s4s", b"", b"n+1\0", b"")
    return fields


def encode(voxels, affine, description):
    """The bytes of a .nii.gz; `voxels` is indexed [k, j, i] and int16 or uint8."""
    code, bits, dtype = {"int16": (4, 16, "<i2"), "uint8": (2, 8, "u1")}[str(voxels.dtype)]
    head = header(voxels.shape[::-1], affine, code, bits, description)
    assert len(head) == 352
    return gzip.compress(head + voxels.astype(dtype).tobytes(), compresslevel=9, mtime=0)

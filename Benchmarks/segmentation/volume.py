#!/usr/bin/env python3
"""A whole wrist through a network, by `carpus segment`: four channels of 256 x 256 x 24 voxels and a 3D U-Net of 1.4 million parameters.

  volume.py CARPUS [--threads N] [--mirrored]

A row of a table in float32 and one in bfloat16, with --mirrored two more for eight mirrored views: wall and processor time of the whole command, reading and writing included, and its peak memory.
The network has random weights: times do not depend on them. Needs numpy and onnx.
"""
import argparse
import json
import os
import struct
import subprocess
import tempfile
import time

import numpy as np

import unet

SIZE, SPACING = (256, 256, 24), (0.4, 0.4, 3.3)
ROLES = ['t1', 't1gd', 'stir', 'gre']
LABELS = 10


def write(path, values):
    """A NIfTI-1 file of int16 in x, y, z, x fastest."""
    head = bytearray(352)
    struct.pack_into('<i', head, 0, 348)
    struct.pack_into('<8h', head, 40, 3, *values.shape, 1, 1, 1, 1)
    struct.pack_into('<2h', head, 70, 4, 16)
    struct.pack_into('<8f', head, 76, 1, *SPACING, 0, 0, 0, 0)
    struct.pack_into('<f', head, 108, 352)
    struct.pack_into('<f', head, 112, 1)
    struct.pack_into('<2h', head, 252, 0, 1)
    for row in range(3):
        struct.pack_into('<4f', head, 280 + 16 * row, *[SPACING[row] if column == row else 0 for column in range(4)])
    head[344:348] = b'n+1\0'
    with open(path, 'wb') as f:
        f.write(bytes(head) + values.astype('<i2').tobytes(order='F'))


def hand(number):
    """An ellipsoid of tissue in air, as a wrist fills its field."""
    axes = np.meshgrid(*[(np.arange(n) - (n - 1) / 2) * s for n, s in zip(SIZE, SPACING)], indexing='ij')
    inside = sum((a / r) ** 2 for a, r in zip(axes, (40, 46, 60))) < 1
    noise = np.random.default_rng(number).normal(0, 40, SIZE)
    return np.where(inside, 400 + 100 * number + noise, np.abs(noise) / 4)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('carpus')
    ap.add_argument('--threads', type=int, default=2)
    ap.add_argument('--mirrored', action='store_true')
    a = ap.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        parameters = unet.save(folder + '/model.onnx', axes=3, channels=len(ROLES), classes=LABELS + 1, widths=[16, 32, 64, 128], kernels=[[1, 3, 3]] + [[3, 3, 3]] * 3,
                               strides=[[1, 1, 1], [1, 2, 2], [2, 2, 2], [2, 2, 2]])
        manifest = {'carpusModel': 1, 'name': 'random', 'networks': [{'file': 'model.onnx'}], 'channels': [{'role': r} for r in ROLES], 'spacing': [3, 0.5, 0.5], 'patch': [16, 160, 160],
                    'mirrorAxes': [0, 1, 2], 'output': {'labels': [{'value': i + 1, 'name': f'label-{i + 1}'} for i in range(LABELS)]}}
        with open(folder + '/model.json', 'w') as f:
            json.dump(manifest, f)
        inputs = []
        for i, role in enumerate(ROLES):
            write(f'{folder}/{role}.nii', hand(i))
            inputs += ['--input', f'{role}={folder}/{role}.nii']
        print(f'| a wrist, 4 x {" x ".join(map(str, SIZE))}; {parameters / 1e6:.2f} million parameters; {a.threads} threads | windows | wall | cpu | peak memory |\n|---|---|---|---|---|')
        for mirrored in (False, True) if a.mirrored else (False,):
            for precision in ('float32', 'bfloat16'):
                command = [a.carpus, 'segment', '--model', folder, *inputs, '--output', folder + '/l.nii.gz', '--force', '--json', '--threads', str(a.threads), '--precision', precision]
                with open(folder + '/told', 'w') as told, open(folder + '/err', 'w') as err:
                    began = time.perf_counter()
                    process = subprocess.Popen(command + ([] if mirrored else ['--no-mirrors']), stdout=told, stderr=err)
                    _, status, usage = os.wait4(process.pid, 0)
                    wall = time.perf_counter() - began
                what = f'{"eight views" if mirrored else "one view"}, {precision}'
                if status:
                    print(f'| {what} | failed: {open(folder + "/err").read().strip()} | | | |')
                    continue
                windows = json.load(open(folder + '/told'))['windows']
                print(f'| {what} | {windows} | {wall:.1f} s | {usage.ru_utime + usage.ru_stime:.1f} s | {usage.ru_maxrss // 1000} MB |', flush=True)


if __name__ == '__main__':
    main()

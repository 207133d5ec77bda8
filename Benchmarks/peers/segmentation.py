#!/usr/bin/env python3
"""Two U-Nets forward, Carpus beside onnxruntime and OpenVINO: a row of a table for each that is installed, all in one run and in turn.

  segmentation.py CARPUS [--threads N] [--repeat N] [--only 2D|3D]

2D: 4 x 256 x 256, 10.4 GFLOP; 3D: 3 x 32 x 160 x 160, 98.7 GFLOP; random weights (Benchmarks/segmentation/unet.py). Times are the least of the repeats, processor time of all threads
first, since walls tell little on a machine that others use. Error: the largest difference from onnxruntime's output over its standard deviation; labels: the share of voxels with
another largest class. Memory: the peak of a process that loads the network and runs it. Needs onnx and onnxruntime; OpenVINO where it is installed.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../segmentation'))


def spent():
    r = resource.getrusage(resource.RUSAGE_SELF)
    return r.ru_utime + r.ru_stime


def timed(run, repeat):
    run()
    wall, cpu = [], []
    for _ in range(repeat):
        c, t = spent(), time.perf_counter()
        y = run()
        wall.append(1e3 * (time.perf_counter() - t))
        cpu.append(1e3 * (spent() - c))
    return y, min(wall), min(cpu)


def onnxruntime_runner(path, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])
    return 'onnxruntime ' + onnxruntime.__version__, lambda x: session.run(None, {'x': x})[0]


def openvino_runner(path, threads, precision):
    import openvino
    net = openvino.Core().compile_model(path, 'CPU', {'INFERENCE_NUM_THREADS': threads, 'INFERENCE_PRECISION_HINT': precision, 'PERFORMANCE_HINT': 'LATENCY'})
    request = net.create_infer_request()
    return f'OpenVINO {openvino.__version__.split("-")[0]}, {precision}', lambda x: request.infer({0: x})[0]


ENGINES = [('onnxruntime', onnxruntime_runner), ('openvino', lambda p, t: openvino_runner(p, t, 'f32')), ('openvino-bf16', lambda p, t: openvino_runner(p, t, 'bf16'))]


def apart(command):
    """A command with the peak memory of its own: a process begins with its parent's, and a shell's is small."""
    return ['sh', '-c', '"$@"; exit $?', 'sh', *command]


def peak(folder, path, threads, engine):
    """The peak memory of a process of its own, MB."""
    code = f"import sys; sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r}); import segmentation as s, numpy as np, resource\n" \
           f"run = dict(s.ENGINES)[{engine!r}]({path!r}, {threads})[1]; x = np.load({folder + '/x.npy'!r}); run(x); run(x)\n" \
           "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000)"
    out = subprocess.run(apart([sys.executable, '-c', code]), capture_output=True, text=True)
    return out.stdout.strip() if out.returncode == 0 else 'n/a'


def carpus(program, folder, path, threads, repeat, precision):
    command = [program, 'models', 'forward', path, '--input', folder + '/x.npy', '--output', folder + '/y.npy', '--repeat', str(repeat), '--threads', str(threads), '--json']
    command += ['--bfloat16'] if precision == 'bf16' else []
    out = subprocess.run(apart(command), capture_output=True, text=True)
    if out.returncode:
        sys.exit(f'carpus failed: {out.stderr.strip()}')
    told = json.loads(out.stdout)
    return np.load(folder + '/y.npy'), min(told['wall_ms']), min(told['cpu_ms']), round(told['peak_mb'])


def sgemm(threads):
    """The processor's measured rate of single-precision products, GFLOP/s of a core."""
    a, b = np.random.default_rng(0).standard_normal((2, 2048, 2048)).astype('f4')
    return 2 * 2048 ** 3 / 1e6 / timed(lambda: a @ b, 10)[2]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('carpus')
    ap.add_argument('--threads', type=int, default=1)
    ap.add_argument('--repeat', type=int, default=6)
    ap.add_argument('--only')
    a = ap.parse_args()
    import unet
    print(f'| network | engine | cpu ms (GFLOP/s of a core) | wall ms | error | labels | memory MB |\n|---|---|---|---|---|---|---|')
    for name, (arguments, shape, gflop) in unet.NETS.items():
        if a.only and a.only != name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = folder + '/net.onnx'
            unet.save(path, **arguments)
            x = np.random.default_rng(0).standard_normal(shape).astype('f4')
            np.save(folder + '/x.npy', x)
            reference = None

            def row(engine, y, wall, cpu, memory):
                error, labels = np.abs(y - reference).max() / reference.std(), np.mean(y.argmax(1) != reference.argmax(1))
                print(f'| {name} | {engine} | {cpu:.1f} ({1e3 * gflop / cpu:.0f}) | {wall:.1f} | {error:.1e} | {100 * labels:.3f} % | {memory} |', flush=True)

            for kind, make in ENGINES:
                try:
                    engine, run = make(path, a.threads)
                except ImportError:
                    print(f'| {name} | {kind} | skipped: not installed | | | | |')
                    continue
                y, wall, cpu = timed(lambda: run(x), a.repeat)
                reference = y.copy() if reference is None else reference
                row(engine, y, wall, cpu, peak(folder, path, a.threads, kind))
            for precision in ('f32', 'bf16'):
                row('Carpus, ' + precision, *carpus(a.carpus, folder, path, a.threads, a.repeat, precision))
    print(f'| – | sgemm of NumPy, 2048 x 2048 | {sgemm(a.threads):.0f} GFLOP/s | | | | |')


if __name__ == '__main__':
    main()

#!/usr/bin/env python3
"""ONNX's own tests of single operators (onnx.backend.test), run with Carpus: a table of operator by result.

  operators.py --carpus PATH > Docs/Operators.md

A case is run when Carpus knows all its operators. Cases about types Carpus does not have (text, 4- and 8-bit floats and integers, sequences) are counted as
another type, and such about training as training. Every output must agree within the case's own relative tolerance (1e-3, as ONNX gives some values with four digits)
and 1e-5 absolute; half-precision cases within 1e-2 and 2e-3.
The exit code tells whether a case failed. Needs onnx, numpy.
"""
import argparse, collections, os, re, subprocess, sys, tempfile, warnings
import numpy as np, onnx
from onnx import TensorProto as T, numpy_helper
from onnx.backend.test.case.node import collect_testcases

warnings.filterwarnings('ignore')
TYPES = {T.FLOAT, T.DOUBLE, T.FLOAT16, T.BFLOAT16, T.INT8, T.INT16, T.INT32, T.INT64, T.UINT8, T.UINT16, T.UINT32, T.UINT64, T.BOOL}


def array(v):
    return numpy_helper.to_array(v) if isinstance(v, T) else np.asarray(v)


def known_operators():
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../Sources/CNeural/Operators/Catalogue.cpp')
    return set(re.findall(r'\{"(\w+)", \d', open(source).read()))


def foreign(case):
    """Whether a value has a type that Carpus does not have."""
    ports = list(case.model.graph.input) + list(case.model.graph.output)
    if any(p.type.WhichOneof('value') != 'tensor_type' or p.type.tensor_type.elem_type not in TYPES for p in ports):
        return True
    casts = [a.i for n in case.model.graph.node if n.op_type == 'Cast' for a in n.attribute if a.name == 'to']
    return any(c not in TYPES for c in casts)


def run(carpus, case, folder):
    model = os.path.join(folder, 'model.onnx')
    open(model, 'wb').write(case.model.SerializeToString())
    for inputs, outputs in case.data_sets:
        command = [carpus, 'models', 'forward', model, '--threads', '2']
        for port, value in zip(case.model.graph.input, inputs):
            if value is not None:
                np.save(f'{folder}/i-{port.name}.npy', array(value).astype('f4'))
                command += ['--input', f'{port.name}={folder}/i-{port.name}.npy']
        for port in case.model.graph.output:
            command += ['--output', f'{port.name}={folder}/o-{port.name}.npy']
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return 'training' if 'training' in done.stderr or 'at random' in done.stderr else done.stderr.strip()
        half = any(array(v).dtype.itemsize == 2 for v in outputs)
        for port, value in zip(case.model.graph.output, outputs):
            y, expected = np.load(f'{folder}/o-{port.name}.npy').astype('f8'), array(value).astype('f8')
            if y.shape != expected.shape or not np.allclose(y, expected, rtol=1e-2 if half else case.rtol, atol=2e-3 if half else 1e-5, equal_nan=True):
                return f'shape {y.shape}, not {expected.shape}' if y.shape != expected.shape else f'differs by {np.nanmax(np.abs(y - expected)):.2g}'
    return ''


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--carpus', required=True)
    a = ap.parse_args()
    known, table, failures = known_operators(), collections.defaultdict(collections.Counter), []
    with tempfile.TemporaryDirectory() as folder:
        for case in collect_testcases(None):
            nodes = case.model.graph.node
            if not nodes or any(n.op_type not in known or n.domain not in ('', 'ai.onnx') for n in nodes):
                continue
            # A function spelled out in simpler operators counts for the operator it spells out.
            name = case.name[5:].replace('_expanded', '')
            operator = nodes[0].op_type if len(nodes) == 1 else 'spelled out'
            result = 'another type' if foreign(case) else run(a.carpus, case, folder)
            table[operator][result if result in ('', 'another type', 'training') else 'fails'] += 1
            if result not in ('', 'another type', 'training'):
                failures.append((operator, name, result))
    print(f'# Operators\n\nMade by `Benchmarks/segmentation/operators.py` with onnx {onnx.__version__}; ONNX\'s own tests of single operators, run by `carpus models forward`. *Spelled out*: functions')
    print('given as graphs of simpler operators. *Another type*: text, sequences, 4- and 8-bit floats, 2- and 4-bit integers. *Training*: refused; networks are run, not trained.\n')
    print('| operator | passes | fails | another type | training |\n|---|---:|---:|---:|---:|')
    for operator in sorted(table):
        c = table[operator]
        print(f"| {operator} | {c['']} | {c['fails']} | {c['another type']} | {c['training']} |")
    total = sum(table.values(), collections.Counter())
    print(f"| **all** | **{total['']}** | **{total['fails']}** | **{total['another type']}** | **{total['training']}** |")
    if failures:
        print('\nWhat fails:\n')
        for operator, name, why in failures:
            print(f'- {operator}, `{name}`: {why[:160]}')
    sys.exit(bool(failures))


if __name__ == '__main__':
    main()

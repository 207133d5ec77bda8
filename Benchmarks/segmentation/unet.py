"""Plain U-Nets with random weights as ONNX files, made without a training library: what the benchmarks run.

Each stage is twice convolution, instance norm and LeakyReLU, the first convolution strided; transposed convolutions lead back, and a convolution of 1 ends, as nnU-Net exports them.
"""
import numpy as np, onnx
from onnx import TensorProto, helper, numpy_helper


def save(path, axes, channels, classes, widths, kernels, strides, seed=0):
    """Writes a network with free spatial size; returns its number of parameters."""
    rng, nodes, weights, count = np.random.default_rng(seed), [], [], 0

    def weight(name, values):
        nonlocal count
        count += values.size
        weights.append(numpy_helper.from_array(values.astype('f4'), name))
        return name

    def convolution(x, name, inputs, outputs, kernel, stride, kind='Conv'):
        shape = (outputs, inputs, *kernel) if kind == 'Conv' else (inputs, outputs, *kernel)
        w = weight(name + '.w', rng.standard_normal(shape) / np.sqrt(inputs * (np.prod(kernel) if kind == 'Conv' else 1)))
        more = {'pads': [k // 2 for k in kernel] * 2} if kind == 'Conv' else {}
        nodes.append(helper.make_node(kind, [x, w, weight(name + '.b', 0.1 * rng.standard_normal(outputs))], [name], kernel_shape=kernel, strides=stride, **more))
        return name

    def block(x, name, inputs, outputs, kernel, stride):
        for i, (n, s) in enumerate([(inputs, stride), (outputs, [1] * axes)]):
            x = convolution(x, f'{name}.{i}', n, outputs, kernel, s)
            scale, shift = weight(x + '.scale', rng.uniform(0.7, 1.3, outputs)), weight(x + '.shift', 0.2 * rng.standard_normal(outputs))
            nodes.append(helper.make_node('InstanceNormalization', [x, scale, shift], [x + '.norm'], epsilon=1e-5))
            nodes.append(helper.make_node('LeakyRelu', [x + '.norm'], [x + '.on'], alpha=0.01))
            x += '.on'
        return x

    x, last, skips = 'x', channels, []
    for i, width in enumerate(widths):
        x, last = block(x, f'down{i}', last, width, kernels[i], strides[i]), width
        skips.append(x)
    for i in reversed(range(len(widths) - 1)):
        x = convolution(x, f'up{i}', widths[i + 1], widths[i], strides[i + 1], strides[i + 1], 'ConvTranspose')
        nodes.append(helper.make_node('Concat', [x, skips[i]], [f'both{i}'], axis=1))
        x = block(f'both{i}', f'back{i}', 2 * widths[i], widths[i], kernels[i], [1] * axes)
    x = convolution(x, 'y', widths[0], classes, [1] * axes, [1] * axes)
    free = 'dhw'[3 - axes:]
    ports = [[helper.make_tensor_value_info(n, TensorProto.FLOAT, ['n', c, *[f'{n}{a}' for a in free]])] for n, c in (('x', channels), ('y', classes))]
    model = helper.make_model(helper.make_graph(nodes, 'unet', *ports, weights), opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return count


# name: (arguments of save, shape of the input, multiplications and additions of a pass in GFLOP)
NETS = {
    '2D': (dict(axes=2, channels=4, classes=4, widths=[24, 48, 96, 192], kernels=[[3, 3]] * 4, strides=[[1, 1]] + [[2, 2]] * 3), (1, 4, 256, 256), 10.431234048),
    '3D': (dict(axes=3, channels=3, classes=3, widths=[16, 32, 64, 128], kernels=[[1, 3, 3]] + [[3, 3, 3]] * 3, strides=[[1, 1, 1], [1, 2, 2], [2, 2, 2], [2, 2, 2]]),
           (1, 3, 32, 160, 160), 98.6710016),
}

#!/usr/bin/env python3
"""Makes the fixtures of CarpusSegmentationTests: small cases of ONNX's own tests, and tiny networks.

  make_fixtures.py FOLDER

Writes operators.jsonl (from onnx.backend.test, and activations at infinity) and networks.jsonl (expected outputs from onnxruntime): a case a line, with the file, the inputs by
name and the outputs in the network's order; numbers as base64 of little-endian float32. Needs onnx and onnxruntime.
"""
import base64, json, os, sys
import numpy as np, onnx, onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases

CASES = """
basic_conv_with_padding conv_with_autopad_same conv_with_strides_and_asymmetric_padding convtranspose convtranspose_3d convtranspose_1d convtranspose_pads convtranspose_dilations
convtranspose_group_2 convtranspose_autopad_same convtranspose_output_shape instancenorm_example batchnorm_example group_normalization_example layer_normalization_3d_axis1_epsilon
relu leakyrelu_example prelu_broadcast elu_example gelu_default_1 gelu_tanh_1 sigmoid_example softmax_axis_0 softmax_default_axis tanh_example
maxpool_2d_ceil maxpool_2d_dilations maxpool_3d_dilations_use_ref_impl maxpool_with_argmax_2d_precomputed_strides averagepool_2d_precomputed_pads_count_include_pad averagepool_2d_ceil
averagepool_3d_dilations_small globalaveragepool_precomputed concat_3d_axis_1 concat_2d_axis_negative_1 add_bcast mul_bcast sub_bcast div_bcast
constant_pad edge_pad reflect_pad wrap_pad constant_pad_axes slice_neg_steps slice_default_axes slice_end_out_of_bounds
resize_upsample_scales_linear resize_upsample_scales_cubic resize_upsample_sizes_nearest_ceil_half_pixel resize_downsample_scales_linear_antialias
resize_downsample_sizes_linear_pytorch_half_pixel resize_tf_crop_and_resize resize_upsample_scales_linear_align_corners
transpose_all_permutations_3 reshape_extended_dims reshape_zero_and_negative_dim flatten_axis2 gemm_all_attributes gemm_transposeB matmul_3d matmul_bcast
reduce_mean_keepdims_example reduce_mean_do_not_keepdims_example constant identity shape_start_1_end_negative_1 gather_1 unsqueeze_two_axes squeeze_negative_axes
constantofshape_int_zeros range_float_type_positive_delta expand_dim_changed cast_DOUBLE_to_FLOAT clip clip_default_max dropout_default split_variable_parts_2d_opset18 tile_precomputed
""".split()


def array(v):
    v = np.asarray(numpy_helper.to_array(v) if isinstance(v, TensorProto) else v)
    return {'shape': list(v.shape), 'values': base64.b64encode(v.astype('<f4').tobytes()).decode()}


def save(name, model, inputs, outputs):
    names = [i.name for i in model.graph.input]
    return json.dumps({'name': name, 'model': base64.b64encode(model.SerializeToString()).decode(), 'inputs': {n: array(v) for n, v in zip(names, inputs) if v is not None}, 'outputs': [array(v) for v in outputs]})


def limits():
    """Activations that leave 0 far below: at minus infinity too, where a plain product is no number, and onnxruntime gives none; ONNX's own tests leave it out."""
    ends = np.array([-np.inf, -1e30, np.inf], 'f4')
    for name, node in [('gelu', helper.make_node('Gelu', ['x'], ['y'])), ('gelu_tanh', helper.make_node('Gelu', ['x'], ['y'], approximate='tanh')),
                       ('mish', helper.make_node('Mish', ['x'], ['y'])), ('hardswish', helper.make_node('HardSwish', ['x'], ['y']))]:
        graph = helper.make_graph([node], name, *[[helper.make_tensor_value_info(k, TensorProto.FLOAT, [3])] for k in 'xy'])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 20)], ir_version=8)
        onnx.checker.check_model(model)
        yield save(name + '_limits', model, [ends], [np.array([0, 0, np.inf], 'f4')])


def weights(rng, **shapes):
    return [numpy_helper.from_array((rng.standard_normal(s) / np.sqrt(max(1, np.prod(s[1:])))).astype('f4'), k) for k, s in shapes.items()]


def network(name, nodes, initializers, shape, dynamic=None, rank=None, outputs=('y',), x=None, given={}):
    """A network of x, and of what is `given` beside it by name, with onnxruntime's answer."""
    ports = [helper.make_tensor_value_info('x', TensorProto.FLOAT, dynamic or shape)] + [helper.make_tensor_value_info(k, TensorProto.FLOAT, v.shape) for k, v in given.items()]
    results = [helper.make_tensor_value_info(k, TensorProto.FLOAT, [None] * (rank or len(shape))) for k in outputs]
    graph = helper.make_graph(nodes, name, ports, results, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    helper.set_model_props(model, {'made-by': 'make_fixtures.py'})
    onnx.checker.check_model(model)
    x = np.random.default_rng(5).standard_normal(shape).astype('f4') if x is None else x
    y = onnxruntime.InferenceSession(model.SerializeToString(), providers=['CPUExecutionProvider']).run(None, {'x': x, **given})
    return save(name, model, [x, *given.values()], y)


def unet(name, axes, half=False):
    """Two stages with everything a plain nnU-Net has, and a residual block with an average pool."""
    rng, k = np.random.default_rng(3), [3] * axes
    one, two = [1] * axes, [2] * axes
    w = weights(rng, w1=(6, 2, *k), b1=(6,), g1=(6,), h1=(6,), w2=(8, 6, *k), b2=(8,), g2=(8,), h2=(8,), ws=(8, 6, *one), up=(8, 6, *two), bu=(6,), w3=(6, 12, *k), b3=(6,), g3=(6,), h3=(6,), w4=(3, 6, *one), b4=(3,))
    if half:
        w = [numpy_helper.from_array(numpy_helper.to_array(i).astype('f2'), i.name + 'h') for i in w]
    N = helper.make_node
    nodes = [N('Cast', [i.name], [i.name[:-1]], to=TensorProto.FLOAT) for i in w] if half else []
    nodes += [
        N('Conv', ['x', 'w1', 'b1'], ['c1'], name='stem', kernel_shape=k, pads=one + one, strides=one), N('InstanceNormalization', ['c1', 'g1', 'h1'], ['n1']), N('LeakyRelu', ['n1'], ['a1'], alpha=0.01),
        N('Conv', ['a1', 'w2', 'b2'], ['c2'], kernel_shape=k, pads=one + one, strides=two), N('InstanceNormalization', ['c2', 'g2', 'h2'], ['n2']),
        N('AveragePool', ['a1'], ['p'], kernel_shape=two, strides=two), N('Conv', ['p', 'ws'], ['s'], kernel_shape=one), N('Add', ['n2', 's'], ['r']), N('LeakyRelu', ['r'], ['a2'], alpha=0.01),
        N('ConvTranspose', ['a2', 'up', 'bu'], ['u'], kernel_shape=two, strides=two), N('Concat', ['u', 'a1'], ['cat'], axis=1),
        N('Conv', ['cat', 'w3', 'b3'], ['c3'], kernel_shape=k, pads=one + one), N('InstanceNormalization', ['c3', 'g3', 'h3'], ['n3']), N('LeakyRelu', ['n3'], ['a3'], alpha=0.01),
        N('Conv', ['a3', 'w4', 'b4'], ['y'], name='head', kernel_shape=one),
    ]
    return network(name, nodes, w, (2, 2, *([12, 16, 10][:axes] if axes == 2 else [6, 12, 10])), ['b', 2] + [f'a{i}' for i in range(axes)])


def small():
    rng, N = np.random.default_rng(4), helper.make_node
    yield network('depthwise-dilated', [N('Conv', ['x', 'w', 'b'], ['c'], group=6, kernel_shape=[3, 3], dilations=[2, 2], pads=[2, 2, 2, 2]), N('Relu', ['c'], ['r']),
                                          N('Conv', ['r', 'v'], ['d'], group=2, kernel_shape=[3, 3], strides=[2, 2], auto_pad='SAME_UPPER'), N('Elu', ['d'], ['y'])],
            weights(rng, w=(6, 1, 3, 3), b=(6,), v=(4, 3, 3, 3)), (1, 6, 15, 18))
    yield network('classifier', [N('Conv', ['x', 'w'], ['c'], kernel_shape=[3, 3], pads=[1, 1, 1, 1]), N('BatchNormalization', ['c', 's', 'o', 'm', 'v'], ['n']), N('Relu', ['n'], ['r']),
                                   N('MaxPool', ['r'], ['p'], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]), N('GlobalAveragePool', ['p'], ['g']), N('Flatten', ['g'], ['f']),
                                   N('Gemm', ['f', 'l', 'k'], ['z'], transB=1), N('Softmax', ['z'], ['y'], axis=1)],
            weights(rng, w=(8, 3, 3, 3), s=(8,), o=(8,), m=(8,), l=(5, 8), k=(5,)) + [numpy_helper.from_array(np.linspace(0.5, 2, 8).astype('f4'), 'v')], (2, 3, 17, 14), rank=2)
    yield network('upsampling', [N('Conv', ['x', 'w'], ['c'], kernel_shape=[3, 3], pads=[1, 1, 1, 1]), N('Shape', ['c'], ['s']), N('Slice', ['s', 'two', 'four'], ['hw']), N('Mul', ['hw', 'two'], ['hw2']),
                                   N('Slice', ['s', 'zero', 'two'], ['nc']), N('Concat', ['nc', 'hw2'], ['size'], axis=0), N('Resize', ['c', '', '', 'size'], ['u'], mode='linear', coordinate_transformation_mode='half_pixel'),
                                   N('PRelu', ['u', 'a'], ['q']), N('Pad', ['q', 'pads'], ['e'], mode='reflect'), N('ConvTranspose', ['e', 't'], ['y'], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])],
            weights(rng, w=(4, 2, 3, 3), a=(4, 1, 1), t=(4, 3, 3, 3)) + [numpy_helper.from_array(np.array(v, 'i8'), k) for k, v in (('zero', [0]), ('two', [2]), ('four', [4]), ('pads', [0, 0, 1, 2, 0, 0, 2, 1]))],
            (1, 2, 7, 9), ['b', 2, 'h', 'w'])


def shared():
    """One array of weights in several convolutions; biases and normalisations that are no weights."""
    rng, N = np.random.default_rng(6), helper.make_node
    bn = [numpy_helper.from_array(v.astype('f4'), k) for k, v in (('s', np.array([2, 1, -1])), ('o', np.array([0, 1, 2])), ('m', np.array([1, 0, -1])), ('v', np.array([1, 2, 0.5])))]
    up = dict(kernel_shape=[4, 4], strides=[2, 2])
    yield network('shared-weights', [N('Conv', ['x', 'w', 'zero'], ['a'], kernel_shape=[3, 3]), N('Conv', ['x', 'w', 'one'], ['b'], kernel_shape=[3, 3]), N('Conv', ['x', 'w'], ['c'], kernel_shape=[3, 3]),
                                     N('Conv', ['x', 'w', 'one'], ['n'], kernel_shape=[3, 3]), N('BatchNormalization', ['n', 's', 'o', 'm', 'v'], ['d']),
                                     N('ConvTranspose', ['x', 't', 'zero'], ['e'], **up), N('ConvTranspose', ['x', 't', 'one'], ['f'], **up),
                                     N('ConvTranspose', ['x', 't', 'one'], ['g'], pads=[0, 0, 1, 0], **up), N('ConvTranspose', ['x', 't', 'one'], ['h'], pads=[0, 0, 0, 1], **up)],
                  weights(rng, w=(3, 2, 3, 3), t=(2, 3, 4, 4)) + [numpy_helper.from_array(np.full(3, v, 'f4'), k) for k, v in (('zero', 0), ('one', 1))] + bn, (1, 2, 6, 5), outputs='abcdefgh')
    nodes = [N('Conv', ['x', 'w', 'b'], ['y'], kernel_shape=[3, 3]), N('Conv', ['x', 'w', 'b'], ['n'], kernel_shape=[3, 3]), N('BatchNormalization', ['n', 's', 'o', 'm', 'v'], ['z']),
             N('ConvTranspose', ['x', 't', 'b'], ['k'], **up), N('BatchNormalization', ['k', 's', 'o', 'm', 'v'], ['u'])]
    for name in ('given-biases', 'given-biases-again'):
        given = {k: rng.standard_normal(3).astype('f4') for k in 'bsom'} | {'v': rng.uniform(0.5, 2, 3).astype('f4')}
        yield network(name, nodes, weights(np.random.default_rng(7), w=(3, 2, 3, 3), t=(2, 3, 4, 4)), (1, 2, 6, 5), outputs='yzu', given=given)


def corners():
    """What is easily mixed up where steps are done together: parts, sums, reshaped results, infinities."""
    rng, N = np.random.default_rng(8), helper.make_node
    yield network('parts', [N('Conv', ['x', 'w1'], ['a'], kernel_shape=[3, 3], pads=[1, 1, 1, 1]), N('Conv', ['x', 'w2'], ['b'], kernel_shape=[1, 1]), N('Concat', ['a', 'b', 'x'], ['abx'], axis=1),
                            N('Conv', ['abx', 'w3', 'b3'], ['y'], kernel_shape=[3, 3]), N('Concat', ['a', 'abx'], ['nested'], axis=1), N('Concat', ['nested', 'b'], ['more'], axis=1),
                            N('Conv', ['more', 'w4', 'b4'], ['z'], kernel_shape=[3, 3], strides=[2, 2]), N('Conv', ['more', 'w5'], ['u'], group=2, kernel_shape=[1, 1]), N('Sigmoid', ['more'], ['v'])],
                  weights(rng, w1=(5, 2, 3, 3), w2=(3, 2, 1, 1), w3=(4, 10, 3, 3), b3=(4,), w4=(7, 18, 3, 3), b4=(7,), w5=(4, 9, 1, 1)), (2, 2, 9, 8), outputs='yzuv')
    yield network('sums', [N('Conv', ['x', 'w', 'b'], ['c'], kernel_shape=[3, 3], pads=[1, 1, 1, 1]), N('Add', ['c', 'x'], ['s']), N('Relu', ['s'], ['y']),
                           N('Conv', ['x', 'w', 'b'], ['d'], kernel_shape=[3, 3], pads=[1, 1, 1, 1]), N('Add', ['row', 'd'], ['t']), N('LeakyRelu', ['t'], ['z'], alpha=0.2),
                           N('InstanceNormalization', ['x', 'g', 'h'], ['n']), N('Add', ['n', 'row'], ['u']), N('Relu', ['u'], ['v'])],
                  weights(rng, w=(4, 4, 3, 3), b=(4,), row=(1, 4, 1, 7), g=(4,), h=(4,)), (2, 4, 6, 7), outputs='yzv')
    shapes = [numpy_helper.from_array(np.array(v, 'i8'), k) for k, v in (('rows', [8, 1, 8]), ('whole', [1, 1, 64]), ('images', [2, 1, 32]))]
    yield network('reshaped-statistics', [N('Conv', ['x', 'w', 'b'], ['c'], kernel_shape=[3, 3], pads=[1, 1, 1, 1])] + [
                      n for k in ('rows', 'whole', 'images') for n in (N('Reshape', ['c', k], [k + '-c']), N('InstanceNormalization', [k + '-c', 's', 'o'], [k + '-y']))],
                  weights(rng, w=(1, 1, 3, 3), b=(1,), s=(1,), o=(1,)) + shapes, (2, 1, 4, 8), rank=3, outputs=('rows-y', 'whole-y', 'images-y'))
    x = np.array([-np.inf, -1, 0, 2, np.inf, np.nan, 3, -2, 1], 'f4').reshape(1, 1, 3, 3)
    one = [numpy_helper.from_array(np.ones(s, 'f4'), k) for k, s in (('w', (1, 1, 1, 1)), ('s', (1,)), ('v', (1,)))] + [numpy_helper.from_array(np.zeros(1, 'f4'), 'o'), numpy_helper.from_array(x, 'k')]
    yield network('infinities', [N('BatchNormalization', ['x', 's', 'o', 'o', 'v'], ['n']), N('Relu', ['n'], ['a']), N('Conv', ['x', 'w'], ['c'], kernel_shape=[1, 1]), N('Add', ['c', 'x'], ['d']), N('Relu', ['d'], ['b']),
                                 N('Relu', ['k'], ['e']), N('Celu', ['x'], ['f']), N('HardSigmoid', ['x'], ['g']), N('Relu', ['x'], ['h'])], one, x.shape, outputs='abefgh', x=x)


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'networks.jsonl'), 'w') as f:
        for line in [unet('unet-2d', 2), unet('unet-3d', 3), unet('unet-2d-half', 2, half=True), *small(), *shared(), *corners()]:
            f.write(line + '\n')
    known = {c.name[5:]: c for c in collect_testcases(None)}
    with open(os.path.join(folder, 'operators.jsonl'), 'w') as f:
        for name in CASES:
            f.write(save(name, known[name].model, *known[name].data_sets[0]) + '\n')
        for line in limits():
            f.write(line + '\n')


if __name__ == '__main__':
    main()

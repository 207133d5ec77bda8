#!/usr/bin/env python3
"""Whole networks, exported from PyTorch: does Carpus give what onnxruntime gives?

  networks.py --carpus PATH [--threads N] [--only NAME,...] [--folder DIR]

Plain and residual nnU-Nets (dynamic-network-architectures), MONAI's UNet, a ResNet-50 and a VGG-16 (torchvision), with random weights and
random running statistics, exported with opset 17. Each runs on the shape it was exported for and, where its axes are free, on another one.
Prints the largest difference from onnxruntime over all logits, relative to their standard deviation; the exit code tells whether all stay
within 1e-4. Needs torch, torchvision, monai, dynamic-network-architectures, onnx, onnxruntime.
"""
import argparse, os, subprocess, sys, tempfile
import numpy as np, onnxruntime, torch, torch.nn as nn

LIMIT = 1e-4


def nnunet(kind, axes):
    from dynamic_network_architectures.architectures.unet import PlainConvUNet, ResidualEncoderUNet
    conv, norm = (nn.Conv2d, nn.InstanceNorm2d) if axes == 2 else (nn.Conv3d, nn.InstanceNorm3d)
    first = [3] * axes if axes == 2 else [1, 3, 3]
    kernels, strides = [first] + [[3] * axes] * 3, [[1] * axes, [2] * axes if axes == 2 else [1, 2, 2]] + [[2] * axes] * 2
    common = dict(input_channels=2, n_stages=4, features_per_stage=[16, 32, 64, 128], conv_op=conv, kernel_sizes=kernels, strides=strides, num_classes=4, conv_bias=True,
                  n_conv_per_stage_decoder=[1, 1, 1] if kind == 'residual' else [2, 2, 2], norm_op=norm, norm_op_kwargs={'eps': 1e-5, 'affine': True}, nonlin=nn.LeakyReLU,
                  nonlin_kwargs={'inplace': True}, deep_supervision=False)
    shape, other = ((1, 2, 96, 80), (1, 2, 64, 112)) if axes == 2 else ((1, 2, 12, 48, 40), (1, 2, 8, 32, 56))
    net = ResidualEncoderUNet(n_blocks_per_stage=[1, 2, 2, 2], **common) if kind == 'residual' else PlainConvUNet(n_conv_per_stage=[2] * 4, **common)
    return net, shape, other


def monai(axes):
    from monai.networks.nets import UNet
    shape, other = ((1, 1, 96, 96), (1, 1, 64, 128)) if axes == 2 else ((1, 1, 32, 32, 48), (1, 1, 48, 32, 32))
    return UNet(spatial_dims=axes, in_channels=1, out_channels=3, channels=(16, 32, 64, 128), strides=(2, 2, 2), num_res_units=2, norm='batch' if axes == 2 else 'instance'), shape, other


def classifier(name):
    import torchvision
    return getattr(torchvision.models, name)(weights=None), (2, 3, 224, 224), None


NETWORKS = {
    'plain-2d': lambda: nnunet('plain', 2), 'plain-3d': lambda: nnunet('plain', 3), 'residual-2d': lambda: nnunet('residual', 2), 'residual-3d': lambda: nnunet('residual', 3),
    'monai-2d': lambda: monai(2), 'monai-3d': lambda: monai(3), 'resnet50': lambda: classifier('resnet50'), 'vgg16': lambda: classifier('vgg16'),
}


def scramble(net):
    """Weights as a trained network might have them: norms that scale and shift, running statistics that are not 0 and 1."""
    with torch.no_grad():
        for m in net.modules():
            if getattr(m, 'running_var', None) is not None:
                m.running_mean.normal_(0, 0.1)
                m.running_var.uniform_(0.8, 1.2)
            if 'Norm' in type(m).__name__ and getattr(m, 'weight', None) is not None:
                m.weight.uniform_(0.7, 1.3)
                m.bias.normal_(0, 0.2)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--carpus', required=True)
    ap.add_argument('--threads', default='2')
    ap.add_argument('--only', default=','.join(NETWORKS))
    ap.add_argument('--folder')
    a = ap.parse_args()
    folder = a.folder or tempfile.mkdtemp()
    failed = False
    for name in a.only.split(','):
        torch.manual_seed(1)
        net, shape, other = NETWORKS[name]()
        scramble(net)
        net.eval()
        path = os.path.join(folder, name + '.onnx')
        free = {k: {0: 'b', **{i: f'a{i}' for i in range(2, len(shape))}} for k in 'xy'} if other else None
        torch.onnx.export(net, (torch.randn(shape),), path, input_names=['x'], output_names=['y'], opset_version=17, dynamo=False, dynamic_axes=free)
        session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
        for s in [shape] + ([other] if other else []):
            x = np.random.default_rng(2).standard_normal(s).astype('f4')
            expected = session.run(None, {'x': x})[0]
            np.save(folder + '/x.npy', x)
            subprocess.run([a.carpus, 'models', 'forward', path, '--input', folder + '/x.npy', '--output', folder + '/y.npy', '--threads', a.threads], check=True, stdout=subprocess.DEVNULL)
            y = np.load(folder + '/y.npy')
            error = np.abs(y - expected).max() / expected.std() if y.shape == expected.shape else np.inf
            failed |= not error <= LIMIT
            print(f"{name:12s} {'x'.join(map(str, s)):16s} {error:.1e} {'' if error <= LIMIT else 'TOO FAR'}", flush=True)
    sys.exit(failed)


if __name__ == '__main__':
    main()

"""A plain U-Net as nnU-Net builds them (Isensee et al., Nat Methods 2021), anisotropic: convolutions, instance norm, leaky ReLU, transposed convolutions."""

import torch
from torch import nn

from .config import Task


def convolutions(inputs: int, outputs: int, kernel: tuple[int, int, int], stride: tuple[int, int, int], count: int) -> nn.Sequential:
    """A stage: the first convolution has the stride."""
    layers = []
    for i in range(count):
        layers += [
            nn.Conv3d(inputs if i == 0 else outputs, outputs, kernel, stride if i == 0 else 1, [k // 2 for k in kernel]),
            nn.InstanceNorm3d(outputs, affine=True), nn.LeakyReLU(0.01, inplace=True),
        ]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """Logits at full resolution; in training, those of the lower decoder stages follow them, each coarser than the last.

    The first stage already has a stride: it sees every second row and column, and the last layer, a transposed convolution, answers for all of them. Nothing
    is computed at full resolution, where most of a plain U-Net's time goes.
    """

    def __init__(self, task: Task):
        super().__init__()
        f, k, s = task.features, task.kernels, task.strides
        self.encoder = nn.ModuleList(convolutions(f[i - 1] if i else len(task.channels), f[i], k[i], s[i], task.encoder_convolutions) for i in range(len(f)))
        levels = range(len(f) - 1, 0, -1)
        self.up = nn.ModuleList(nn.ConvTranspose3d(f[i], f[i - 1], s[i], s[i]) for i in levels)
        self.decoder = nn.ModuleList(convolutions(2 * f[i - 1], f[i - 1], k[i - 1], (1, 1, 1), task.decoder_convolutions) for i in levels)
        # The finest head undoes the first stage's stride; the others answer at their own resolution.
        self.heads = nn.ModuleList(nn.Conv3d(f[i - 1], task.classes, 1) if i > 1 else nn.ConvTranspose3d(f[0], task.classes, s[0], s[0]) for i in levels)
        self.apply(started)

    def forward(self, x: torch.Tensor):
        skips = []
        for stage in self.encoder:
            x = stage(x)
            skips.append(x)
        logits = []
        for i, (up, stage, head) in enumerate(zip(self.up, self.decoder, self.heads)):
            x = stage(torch.cat([up(x), skips[-2 - i]], 1))
            if self.training or i == len(self.up) - 1:
                logits.append(head(x))
        return logits[::-1] if self.training else logits[-1]


def started(module: nn.Module):
    """He's initial weights for leaky ReLU, as nnU-Net has them."""
    if isinstance(module, (nn.Conv3d, nn.ConvTranspose3d)):
        nn.init.kaiming_normal_(module.weight, a=0.01)
        nn.init.zeros_(module.bias)


def parameters(network: nn.Module) -> int:
    """How many numbers there are to learn, the heads of deep supervision left out, which are not shipped."""
    return sum(p.numel() for n, p in network.named_parameters() if not n.startswith("heads.") or n.startswith(f"heads.{len(network.heads) - 1}."))


def half(device: str) -> torch.autocast:
    """Half precision where it is faster: lower memory traffic is worth more than digits, and norms and losses stay in single. Processors without AVX-512 only
    imitate it."""
    fast = device != "cpu" or torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    return torch.autocast(device, torch.bfloat16, enabled=fast)

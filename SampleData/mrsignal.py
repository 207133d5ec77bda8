"""From tissues to signal: spin-echo equations, contrast agent, receive field and noise. Seconds and millimolar throughout."""

import numpy as np

FAT = (0.95, 0.280, 0.070)
RELAXIVITY = (4.1, 5.0)
"""r1 and r2 of a gadolinium chelate at 1.5 T, per second and millimolar."""

# name: parts of (proton density, T1, T2), weighted, and the concentration of the agent some minutes after injection.
TISSUES = {
    "air": ([], 0.0),
    "skin": ([(1.0, 0.55, 0.70, 0.025)], 0.06),
    "fat": ([(1.0, *FAT)], 0.0),
    "loose": ([(0.72, *FAT), (0.28, 0.80, 1.10, 0.050)], 0.05),
    "muscle": ([(0.94, 0.80, 0.90, 0.038), (0.06, *FAT)], 0.06),
    "retinaculum": ([(1.0, 0.45, 0.70, 0.010)], 0.0),
    "capsule": ([(0.80, 0.60, 0.75, 0.018), (0.20, *FAT)], 0.06),
    "fibrocartilage": ([(1.0, 0.50, 0.80, 0.010)], 0.0),
    "fluid": ([(1.0, 1.00, 2.60, 0.350)], 0.03),
    "tendon": ([(1.0, 0.35, 0.60, 0.005)], 0.0),
    "vessel": ([(1.0, 0.50, 1.40, 0.120)], 0.90),
    "nerve": ([(0.85, 0.75, 0.90, 0.050), (0.15, *FAT)], 0.02),
    "synovitis": ([(1.0, 0.92, 1.30, 0.090)], 0.55),
    "cartilage": ([(1.0, 0.75, 0.85, 0.032)], 0.02),
    "cortex": ([(1.0, 0.12, 0.80, 0.003)], 0.0),
    "marrow": ([(0.88, 0.85, 0.290, 0.065), (0.12, 0.80, 1.00, 0.045)], 0.02),
    "oedema": ([(0.45, 0.85, 0.290, 0.065), (0.55, 0.95, 1.30, 0.085)], 0.22),
}
NAMES = list(TISSUES)
INDEX = {name: i for i, name in enumerate(NAMES)}
FAT_T1 = 0.285
"""The T1 whose signal the inversion nulls: between that of fat and that of marrow."""


def spin_echo(pd, t1, t2, tr, te):
    """Signal of a spin echo: the refocusing pulse inverts what has recovered by then."""
    return pd * (1 - 2 * np.exp(-(tr - te / 2) / t1) + np.exp(-tr / t1)) * np.exp(-te / t2)


def inversion_recovery(pd, t1, t2, tr, te, ti):
    """Signal, with its sign, of a spin echo after an inversion."""
    return pd * (1 - 2 * np.exp(-ti / t1) + np.exp(-tr / t1)) * np.exp(-te / t2)


def nulling_time(t1, tr):
    """The inversion time at which a tissue of that T1 gives no signal."""
    return float(t1 * np.log(2 / (1 + np.exp(-tr / t1))))


def with_agent(t1, t2, concentration):
    """Relaxation times shortened by the agent."""
    return 1 / (1 / t1 + RELAXIVITY[0] * concentration), 1 / (1 / t2 + RELAXIVITY[1] * concentration)


def table(sequence, agent):
    """Signal of every tissue by index; the agent reaches the watery parts only, which are those of T1 above 0.4 s."""
    signals = np.zeros(len(NAMES))
    for i, (parts, concentration) in enumerate(TISSUES.values()):
        for weight, pd, t1, t2 in parts:
            if agent and t1 > 0.4:
                t1, t2 = with_agent(t1, t2, concentration)
            if "ti" in sequence:
                signals[i] += weight * inversion_recovery(pd, t1, t2, sequence["tr"], sequence["te"], sequence["ti"])
            else:
                signals[i] += weight * spin_echo(pd, t1, t2, sequence["tr"], sequence["te"])
    return signals


def receive_field(points, centre, lean):
    """A smooth sensitivity: highest near the coil's middle, leaning to one side, about 0.75 to 1.25 over the wrist.

    `points` are three arrays of world coordinates; `lean` gives the slope along each axis per 40 mm.
    """
    x, y, z = (np.clip((p - c) / 40.0, -1.6, 1.6) for p, c in zip(points, centre))
    slope = lean[0] * x + lean[1] * y + lean[2] * z
    return np.exp(0.16 + slope - 0.14 * x * x - 0.12 * y * y - 0.17 * z * z + 0.08 * x * z)


def magnitude(signal, sigma, rng):
    """The modulus of a signal with complex Gaussian noise: Rician."""
    real = signal + sigma * rng.standard_normal(signal.shape)
    imaginary = sigma * rng.standard_normal(signal.shape)
    return np.sqrt(real * real + imaginary * imaginary)

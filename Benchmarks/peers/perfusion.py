"""Other programs on the curves of PerfusionBenchmark: a row of its table for each that is installed.

perfusion.py FOLDER: concentrations.f32 (frame after frame, mM), input.csv (s, mM in plasma), truth.f32 (Ktrans of each voxel, 1/min).
"""
import sys
import time

import numpy as np

folder = sys.argv[1]
times, plasma = np.loadtxt(folder + "/input.csv", delimiter=",").T
truth = np.fromfile(folder + "/truth.f32", np.float32).astype(float)
curves = np.fromfile(folder + "/concentrations.f32", np.float32).reshape(len(times), -1).T.astype(float)
minutes = times / 60


def integral(y):
    out = np.zeros_like(y)
    np.cumsum((y[..., 1:] + y[..., :-1]) / 2 * np.diff(minutes), axis=-1, out=out[..., 1:])
    return out


def numpy_linear(c):
    """The linear equation by batched normal equations: what an array language makes of it."""
    own = integral(c)
    shared = np.stack([integral(plasma), plasma], 1)
    m, b = np.empty((len(c), 3, 3)), np.empty((len(c), 3))
    m[:, :2, :2] = shared.T @ shared
    m[:, :2, 2] = m[:, 2, :2] = -own @ shared
    m[:, 2, 2], b[:, :2], b[:, 2] = (own * own).sum(1), c @ shared, -(c * own).sum(1)
    k0, vp, kep = np.linalg.solve(m, b[:, :, None])[:, :, 0].T
    return k0 - kep * vp


def qbipy_linear(c):
    from QbiPy.dce_models import dce_aif, tofts_model

    aif = dce_aif.Aif(times=minutes, base_aif=plasma, aif_type=dce_aif.AifType.ARRAY, prebolus=7)
    return np.array([tofts_model.solve_LLS(x, aif, 0.0)[0] for x in c])


def scipy_nonlinear(c):
    """Trust region from one start, convolution exact for straight pieces."""
    from scipy.optimize import least_squares

    h = times[1] - times[0]

    def residual(p, y):
        x = p[0] / p[1] / 60 * h
        e = np.exp(-x)
        late, early = h * (1 - (1 - e) / x) / x, h * ((1 - e) / x - e) / x
        f = np.zeros(len(times))
        for i in range(1, len(times)):
            f[i] = e * f[i - 1] + late * plasma[i] + early * plasma[i - 1]
        return p[0] / 60 * f + p[2] * plasma - y

    bounds = ([1e-6, 1e-3, 0], [5, 1.5, 1])
    return np.array([least_squares(residual, [0.1, 0.3, 0.03], bounds=bounds, x_scale=[0.1, 0.1, 0.01], args=(y,)).x[0] for y in c])


def dcmri_nonlinear(c):
    """Signals of a spoiled gradient echo with the same noise: it knows no concentrations."""
    import dcmri

    tr, angle, r10, r1, cells = 0.004, 20, 1 / 1.2, 4.5, 0.45
    e = np.exp(-tr * (r10 + r1 * c))
    signals = 1e4 * np.sin(np.radians(angle)) * (1 - e) / (1 - e * np.cos(np.radians(angle)))
    t, blood = np.concatenate([[0], times]), np.concatenate([[0], plasma * (1 - cells)]) / 1000
    out = []
    for s in signals:
        tissue = dcmri.Tissue(kinetics="HF", water_exchange="FF", sequence="SS", ca=blood, t=t, r1=r1 * 1000, TR=tr, FA=angle, H=cells, R10=r10, n0=7)
        tissue.train(times, s)
        out.append(tissue.PS * 60)
    return np.array(out)


def speed(x):
    return f"{x / 1e6:.2f} M/s" if x >= 1e6 else f"{x / 1e3:.3g} k/s" if x >= 1e3 else f"{x:.0f} /s"


for name, fit, most in [
    ("numpy, linear", numpy_linear, 100_000), ("QbiPy, linear", qbipy_linear, 4000),
    ("SciPy, non-linear", scipy_nonlinear, 300), ("dcmri, non-linear", dcmri_nonlinear, 60),
]:
    part = slice(0, min(most, len(truth)))
    try:
        fit(curves[:2])
        begin, wall = time.process_time(), time.perf_counter()
        error = fit(curves[part]) - truth[part]
        begin, wall = time.process_time() - begin, time.perf_counter() - wall
    except Exception as problem:
        print(f"| {name} | skipped: {type(problem).__name__}: {str(problem)[:80]} | | | | |")
        continue
    n = len(error)
    relative = np.median(np.abs(error) / truth[part])
    print(f"| {name}, {n} voxels | {speed(n / begin)} | {speed(2 * n / begin)} | {speed(n / wall)} | {np.sqrt(np.mean(error**2)):.4f} | {100 * relative:.2f} % |", flush=True)

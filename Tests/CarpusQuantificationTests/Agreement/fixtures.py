"""Makes fixtures.json: what SciPy, scikit-learn, pingouin and statsmodels say of small tables of ratings.

    python fixtures.py > fixtures.json        (pingouin 0.7, scikit-learn 1.9, scipy 1.17, statsmodels 0.15, or as the file's `versions` tell)
"""
import json
import warnings

import numpy as np
import pandas as pd
import pingouin
import scipy
import sklearn
import statsmodels
from scipy import stats
from sklearn import metrics
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

warnings.simplefilter("ignore")
pingouin.options.update({k: 15 for k in pingouin.options if k.startswith("round.column.CI95")})


def ratings():
    rng = np.random.default_rng(20)
    tables = []
    for subjects, raters, spread, offset in [(6, 4, 1.0, 0.5), (12, 2, 0.3, 0.0), (30, 3, 2.0, 1.0), (9, 2, 0.5, 2.0)]:
        truth = rng.gamma(2, 2, subjects)
        tables.append(np.round(truth[:, None] + rng.normal(0, spread, (subjects, raters)) + offset * np.arange(raters), 3))
    # Shrout and Fleiss' example of 1979.
    tables.append(np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float))
    return tables


def icc(table):
    n, k = table.shape
    frame = pd.DataFrame([(i, j, table[i, j]) for i in range(n) for j in range(k)], columns=["subject", "rater", "value"])
    found = pingouin.intraclass_corr(frame, "subject", "rater", "value").set_index("Type")
    names = {"ICC1": "ICC(1,1)", "ICC2": "ICC(A,1)", "ICC3": "ICC(C,1)", "ICC1k": "ICC(1,k)", "ICC2k": "ICC(A,k)", "ICC3k": "ICC(C,k)"}
    ci = [c for c in found.columns if c.startswith("CI95")][0]
    return {"rows": table.tolist(), "icc": {names.get(t, t): [float(r["ICC"]), *map(float, r[ci])] for t, r in found.iterrows()}}


def pairs():
    rng = np.random.default_rng(5)
    for n, ties in [(5, False), (20, False), (40, True), (15, True)]:
        x = rng.gamma(2, 1.5, n) + 0.1
        y = 0.8 * x + rng.normal(0, 0.6, n) + 1.5
        yield (np.round(x), np.round(y)) if ties else (x, y)


def concordance(x, y):
    """No library at hand has it: Lin's formulas of 1989, with the variance of 2000, written out."""
    n, z = len(x), stats.norm.ppf(0.975)
    r = np.corrcoef(x, y)[0, 1]
    c = 2 * np.cov(x, y, ddof=0)[0, 1] / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)
    u = (x.mean() - y.mean()) / np.sqrt(x.std() * y.std())
    first = (1 - r**2) * c**2 / ((1 - c**2) * r**2)
    second = 2 * c**3 * (1 - c) * u**2 / (r * (1 - c**2) ** 2)
    third = c**4 * u**4 / (2 * r**2 * (1 - c**2) ** 2)
    half = z * np.sqrt((first + second - third) / (n - 2))
    return [float(c), float(np.tanh(np.arctanh(c) - half)), float(np.tanh(np.arctanh(c) + half))]


def ranked(x, y):
    """Spearman's rho by SciPy, its interval by Bonett and Wright's variance."""
    r, z = stats.spearmanr(x, y).statistic, stats.norm.ppf(0.975)
    half = z * np.sqrt((1 + r**2 / 2) / (len(x) - 3))
    return [float(r), float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))]


def numbers(x, y):
    r = stats.pearsonr(x, y)
    d = x - y
    t = stats.ttest_1samp(d, 0).confidence_interval(0.95)
    return {
        "x": x.tolist(), "y": y.tolist(),
        "pearson": [float(r.statistic), *map(float, r.confidence_interval(0.95))],
        "spearman": ranked(x, y), "concordance": concordance(x, y), "ranks": stats.rankdata(x).tolist(),
        "bias": [float(d.mean()), float(t.low), float(t.high)], "deviation": float(d.std(ddof=1)),
    }


def kappas():
    rng = np.random.default_rng(8)
    for n, grades in [(30, 4), (100, 3), (200, 6)]:
        a = rng.integers(0, grades, n)
        b = np.clip(a + rng.integers(-1, 2, n) * (rng.random(n) < 0.6), 0, grades - 1)
        counts = metrics.confusion_matrix(a, b, labels=range(grades))
        out = {"counts": counts.tolist(), "exact": float(metrics.accuracy_score(a, b)), "balanced": float(metrics.balanced_accuracy_score(a, b))}
        for ours, sk, sm in [("none", None, None), ("linear", "linear", "linear"), ("quadratic", "quadratic", "quadratic")]:
            full = cohens_kappa(counts, wt=sm) if sm else cohens_kappa(counts)
            value = metrics.cohen_kappa_score(a, b, weights=sk, labels=list(range(grades)))
            assert abs(value - full.kappa) < 1e-12
            out[ours] = [float(value), float(full.kappa_low), float(full.kappa_upp)]
        yield out


def rocs():
    rng = np.random.default_rng(3)
    for n, digits in [(12, 6), (60, 1), (200, 2)]:
        positive = rng.random(n) < 0.4
        score = np.round(rng.normal(0, 1, n) + positive, digits)
        # All cut-offs, the highest first; without the ends that belong to no value.
        fpr, tpr, cutoffs = metrics.roc_curve(positive, score, drop_intermediate=False)
        precision, recall, _ = metrics.precision_recall_curve(positive, score)
        assert np.allclose(recall[:-1][::-1], tpr[1:], atol=1e-15)
        curve = {"cutoffs": cutoffs[1:].tolist(), "fpr": fpr[1:].tolist(), "tpr": tpr[1:].tolist(), "precision": precision[:-1][::-1].tolist()}
        yield {
            **curve,
            "scores": score.tolist(), "positive": positive.tolist(), "auc": float(metrics.roc_auc_score(positive, score)),
            "ap": float(metrics.average_precision_score(positive, score)),
        }


def proportions():
    for hits, total in [(0, 7), (3, 10), (90, 100), (12, 12)]:
        yield {"hits": hits, "total": total, **{m: [float(v) for v in proportion_confint(hits, total, method=n)] for m, n in [("wald", "normal"), ("wilson", "wilson")]}}


def bootstraps():
    """Ends among SciPy's own replicates of a mean."""
    rng = np.random.default_rng(2)
    for n in (8, 25):
        data = rng.gamma(1, 1, n)
        jackknife = [float(np.delete(data, i).mean()) for i in range(n)]
        for kind, name in [("percentile", "percentile"), ("bca", "BCa")]:
            found = stats.bootstrap((data,), np.mean, n_resamples=199, method=name, vectorized=False, rng=np.random.default_rng(1))
            yield {
                "kind": kind, "value": float(data.mean()), "jackknife": jackknife, "replicates": found.bootstrap_distribution.tolist(),
                "interval": [float(v) for v in found.confidence_interval],
            }


def distributions():
    cases = {"normal": [], "student": [], "fisher": [], "beta": []}
    for p in (1e-6, 0.025, 0.3, 0.5, 0.975, 1 - 1e-6):
        cases["normal"].append([p, float(stats.norm.ppf(p))])
        for d in (1, 2, 5.5, 30, 1000):
            if p >= 0.5:
                cases["student"].append([p, d, float(stats.t.ppf(p, d))])
            for e in (1, 3.3, 40, 500):
                cases["fisher"].append([p, d, e, float(stats.f.ppf(p, d, e))])
    for x in (0.001, 0.2, 0.5, 0.9, 0.9999):
        for a, b in ((0.5, 0.5), (3, 7), (50, 2), (400, 600)):
            cases["beta"].append([x, a, b, float(scipy.special.betainc(a, b, x))])
    return cases


print(json.dumps({
    "versions": {m.__name__: m.__version__ for m in (np, pd, pingouin, scipy, sklearn, statsmodels)},
    "ratings": [icc(t) for t in ratings()], "pairs": [numbers(x, y) for x, y in pairs()], "kappas": list(kappas()), "rocs": list(rocs()),
    "proportions": list(proportions()), "bootstraps": list(bootstraps()), "distributions": distributions(),
}))

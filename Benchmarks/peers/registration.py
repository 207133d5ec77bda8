"""Other programs on the cases of RegistrationBenchmark, with its columns: a row a family for each that is installed.

registration.py FOLDER rigid|deformable|dce [--threads N] [--only TEXT] [--peers NAME,NAME] [--cases N]
Needs numpy and nibabel, and what there is of SimpleITK, itk-elastix, antspyx and picsl-greedy; elastix and plastimatch on the PATH.
Each case runs in a process of its own, whose user and system time counts, reading left out where the program lets us.
"""
import argparse, glob, json, multiprocessing, os, re, resource, shutil, subprocess, tempfile, traceback
import numpy as np

FLIP = np.diag([-1.0, -1.0, 1.0, 1.0])  # between NIfTI's world and DICOM's


def cpu():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def linear(t):
    """The 4 x 4 matrix of a linear transform of SimpleITK."""
    m = np.eye(4)
    m[:3, 3] = t.TransformPoint((0.0, 0.0, 0.0))
    for i in range(3):
        m[:3, i] = (np.array(t.TransformPoint([100.0 * (i == j) for j in range(3)])) - m[:3, 3]) / 100
    return m


def euler(parameters, centre):
    import SimpleITK as sitk
    t = sitk.Euler3DTransform()
    t.SetFixedParameters([float(x) for x in centre][:3] + [0.0])
    t.SetParameters([float(x) for x in parameters])
    return linear(t)


def shell(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stdout[-200:]}")


# Each takes the files of the fixed and the moving image, whether to bend, a folder and the threads; it gives the processor seconds and
# a matrix or the file of a displacement field on the fixed grid, both from fixed to moving points, LPS.

def simpleitk(fixed, moving, bend, folder, threads):
    """ITK's version 4 framework as tuned in our reference benchmark: regular steps, the gradient filters off."""
    import SimpleITK as sitk
    if bend:
        raise NotImplementedError("rigid only")
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
    a, b = sitk.ReadImage(fixed, sitk.sitkFloat32), sitk.ReadImage(moving, sitk.sitkFloat32)
    start = cpu()
    t = sitk.Euler3DTransform(sitk.CenteredTransformInitializer(a, b, sitk.Euler3DTransform(), sitk.CenteredTransformInitializerFilter.GEOMETRY))
    t.SetTranslation((0.0, 0.0, 0.0))
    r = sitk.ImageRegistrationMethod()
    r.SetMetricAsMattesMutualInformation(50)
    r.SetMetricSamplingStrategy(r.RANDOM)
    r.SetMetricSamplingPercentagePerLevel([0.2, 0.05, 0.02], 1)
    r.SetInterpolator(sitk.sitkLinear)
    r.SetOptimizerAsRegularStepGradientDescent(2.0, 0.002, 150, 0.6, 1e-8)
    r.SetOptimizerScalesFromPhysicalShift()
    r.SetShrinkFactorsPerLevel((4, 2, 1))
    r.SetSmoothingSigmasPerLevel((2, 1, 0))
    r.SetMetricUseFixedImageGradientFilter(False)
    r.SetMetricUseMovingImageGradientFilter(False)
    r.SetInitialTransform(t, inPlace=True)
    r.Execute(a, b)
    return cpu() - start, linear(t)


def itk_elastix(fixed, moving, bend, folder, threads):
    """elastix with its default parameter maps; B-splines 10 mm apart for bending."""
    import itk
    itk.MultiThreaderBase.SetGlobalDefaultNumberOfThreads(threads)
    a, b = itk.imread(fixed, itk.F), itk.imread(moving, itk.F)
    maps = itk.ParameterObject.New()
    for kind in ["rigid", "bspline"][: 2 if bend else 1]:
        one = maps.GetDefaultParameterMap(kind, 4, 10.0)
        one["WriteResultImage"] = ["false"]
        maps.AddParameterMap(one)
    start = cpu()
    e = itk.ElastixRegistrationMethod.New(a, b)
    e.SetParameterObject(maps)
    e.SetNumberOfThreads(threads)
    e.SetLogToConsole(False)
    e.SetOutputDirectory(folder)
    e.UpdateLargestPossibleRegion()
    spent, found = cpu() - start, e.GetTransformParameterObject()
    if bend:
        itk.imwrite(itk.transformix_deformation_field(b, found), folder + "/field.nii")
        return spent, folder + "/field.nii"
    p = found.GetParameterMap(0)
    return spent, euler(p["TransformParameters"], p["CenterOfRotationPoint"])


def ants(fixed, moving, bend, folder, threads):
    """antspyx, "Rigid" and "SyN" as they come, one seed."""
    os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = str(threads)
    import ants as program
    import SimpleITK as sitk
    a, b = program.image_read(fixed, pixeltype="float"), program.image_read(moving, pixeltype="float")
    start = cpu()
    r = program.registration(a, b, "SyN" if bend else "Rigid", initial_transform="Identity", random_seed=1, outprefix=folder + "/a_")
    spent = cpu() - start
    if not bend:
        return spent, linear(sitk.ReadTransform(r["fwdtransforms"][0]))
    grid, chain = sitk.ReadImage(fixed), []
    for name in r["fwdtransforms"]:
        chain.append(sitk.ReadTransform(name) if name.endswith(".mat") else sitk.DisplacementFieldTransform(sitk.ReadImage(name, sitk.sitkVectorFloat64)))
    field = sitk.TransformToDisplacementField(sitk.CompositeTransform(chain), sitk.sitkVectorFloat32, grid.GetSize(), grid.GetOrigin(), grid.GetSpacing(), grid.GetDirection())
    sitk.WriteImage(field, folder + "/field.nii")
    return spent, folder + "/field.nii"


def greedy(fixed, moving, bend, folder, threads):
    """greedy: normalised mutual information for the rigid part, local correlation for bending, radii even in mm."""
    import nibabel as nib
    from picsl_greedy import Greedy3D
    z = np.array(nib.load(fixed).header.get_zooms()[:3])
    radius = "NCC " + "x".join(str(max(1, int(round(2 * z.min() / s)))) for s in z)
    g, start = Greedy3D(), cpu()
    g.execute(f"-threads {threads} -d 3 -float -a -dof 6 -i {fixed} {moving} -o {folder}/a.mat -m NMI -n 100x50x10 -ia-identity -seed 1")
    if bend:
        g.execute(f"-threads {threads} -d 3 -float -i {fixed} {moving} -it {folder}/a.mat -o {folder}/w.nii -wp 0 -m {radius} -n 100x50x10 -s 2vox 1vox")
    spent = cpu() - start
    if not bend:
        return spent, FLIP @ np.loadtxt(folder + "/a.mat") @ FLIP
    g.execute(f"-threads {threads} -d 3 -float -rf {fixed} -rm {moving} {folder}/x.nii -rc {folder}/field.nii -wp 0 -r {folder}/w.nii {folder}/a.mat")
    return spent, folder + "/field.nii"


def elastix(fixed, moving, bend, folder, threads):
    """The program of Debian; process start and reading included."""
    def parameters(kind):
        common = """(FixedInternalImagePixelType "float") (MovingInternalImagePixelType "float") (FixedImageDimension 3) (MovingImageDimension 3) (UseDirectionCosines "true")
            (FixedImagePyramid "FixedSmoothingImagePyramid") (MovingImagePyramid "MovingSmoothingImagePyramid") (Interpolator "LinearInterpolator")
            (ResampleInterpolator "FinalBSplineInterpolator") (Resampler "DefaultResampler") (Optimizer "AdaptiveStochasticGradientDescent") (NumberOfHistogramBins 32)
            (ImageSampler "RandomCoordinate") (NumberOfSpatialSamples 2048) (NewSamplesEveryIteration "true") (NumberOfResolutions 4) (HowToCombineTransforms "Compose")
            (AutomaticParameterEstimation "true") (WriteResultImage "false") (CheckNumberOfSamples "true") (MaximumNumberOfSamplingAttempts 8) """
        rigid = '(Registration "MultiResolutionRegistration") (Metric "AdvancedMattesMutualInformation") (Transform "EulerTransform") (AutomaticScalesEstimation "true") (AutomaticTransformInitialization "false") (MaximumNumberOfIterations 256)'
        spline = '(Registration "MultiMetricMultiResolutionRegistration") (Metric "AdvancedMattesMutualInformation" "TransformBendingEnergyPenalty") (Metric0Weight 1) (Metric1Weight 1) (Transform "BSplineTransform") (FinalGridSpacingInPhysicalUnits 10) (MaximumNumberOfIterations 500)'
        with open(f"{folder}/{kind}.txt", "w") as file:
            file.write(re.sub(r"\)\s+\(", ")\n(", common + (rigid if kind == "rigid" else spline)).strip() + "\n")
        return ["-p", f"{folder}/{kind}.txt"]
    if not shutil.which("elastix"):
        raise ImportError("elastix is not on the PATH")
    start = cpu()
    shell("elastix", "-f", fixed, "-m", moving, "-out", folder, "-threads", str(threads), *parameters("rigid"), *(parameters("spline") if bend else []))
    spent = cpu() - start
    last = f"{folder}/TransformParameters.{int(bend)}.txt"
    if bend:
        shell("transformix", "-def", "all", "-tp", last, "-out", folder, "-threads", str(threads))
        return spent, glob.glob(folder + "/deformationField.*")[0]
    text = open(last).read()
    words = lambda key: re.search(rf"\({key} ([^)]*)\)", text).group(1).split()
    return spent, euler(words("TransformParameters"), words("CenterOfRotationPoint"))


def plastimatch(fixed, moving, bend, folder, threads):
    """Versor and mutual information, two levels, and B-splines 20 and 12 mm apart for bending; process start and reading included."""
    import nibabel as nib
    import SimpleITK as sitk
    if not shutil.which("plastimatch"):
        raise ImportError("plastimatch is not on the PATH")
    z = np.array(nib.load(fixed).header.get_zooms()[:3])
    levels = [" ".join(str(max(1, int(round(n * z.min() / s)))) for s in z) for n in (4, 2)]
    out = folder + ("/field.mha" if bend else "/out.tfm")
    with open(folder + "/c.txt", "w") as file:
        file.write(f"[GLOBAL]\nfixed={fixed}\nmoving={moving}\n{'vf_out' if bend else 'xform_out'}={out}\n")
        for level in levels:
            file.write(f"[STAGE]\nxform=rigid\noptim=versor\nimpl=itk\nmetric=mattes\nmax_its=60\nconvergence_tol=0.001\nres={level}\n")
        for level, distance in zip(levels, (20, 12) if bend else ()):
            file.write(f"[STAGE]\nxform=bspline\nimpl=plastimatch\nthreading=openmp\noptim=lbfgsb\nmetric=mi\nmax_its=50\nregularization=analytic\nregularization_lambda=0.01\n"
                       f"grid_spac={distance} {distance} {distance}\nres={level}\n")
    os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(threads)
    start = cpu()
    shell("plastimatch", "register", folder + "/c.txt")
    return cpu() - start, out if bend else linear(sitk.ReadTransform(out))


PEERS = {f.__name__: f for f in (simpleitk, itk_elastix, ants, greedy, elastix, plastimatch)}


class Map:
    """Points through a matrix or a field."""
    def __init__(self, result):
        self.matrix = result if isinstance(result, np.ndarray) else None
        if self.matrix is None:
            import SimpleITK as sitk
            image = sitk.ReadImage(result, sitk.sitkVectorFloat64)
            self.field = np.array(sitk.GetArrayViewFromImage(image))
            self.frame, self.origin = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing(), np.array(image.GetOrigin())

    def __call__(self, p):
        if self.matrix is not None:
            return p @ self.matrix[:3, :3].T + self.matrix[:3, 3]
        from scipy.ndimage import map_coordinates
        v = ((p - self.origin) @ np.linalg.inv(self.frame).T).T[::-1]
        return p + np.stack([map_coordinates(self.field[..., i], v, order=1, mode="nearest") for i in range(3)], -1)


def in_process(name, fixed, moving, bend, threads, points):
    """Seconds, the points mapped, and how many of their neighbourhoods are turned inside out."""
    def work(pipe):
        folder = tempfile.mkdtemp()
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            spent, result = PEERS[name](fixed, moving, bend, folder, threads)
            m = Map(result)
            h = 0.4
            columns = [m(points + h * np.eye(3)[i]) - m(points) for i in range(3)]
            pipe.send((spent, m(points), float(np.mean(np.linalg.det(np.stack(columns, -1)) <= 0)), None))
        except Exception as problem:
            pipe.send((0, None, 0, f"{type(problem).__name__}: {str(problem) or traceback.format_exc()}"[:100]))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=work, args=(there,))
    process.start()
    answer = here.recv() if here.poll(900) else (0, None, 0, "longer than 900 s")
    process.kill()
    process.join()
    return answer


def pairs(options):
    bend = options.mode == "deformable"
    print("| program | family | cases | TRE median | TRE p95 | worst | successes | there and back, mm | in pixels | negative Jacobians | processor s | most |\n|" + "---|" * 12)
    families = {}
    for case in sorted(glob.glob(options.folder + "/*/gt_points.csv")):
        folder = os.path.dirname(case)
        name = os.path.basename(folder)
        if name.startswith("nr_") == bend and options.only in name:
            families.setdefault(re.sub(r"_\d+$", "", name), []).append(folder)
    for peer in options.peers.split(","):
        for family, folders in families.items():
            rows, trouble = [], None
            for folder in folders[: options.cases]:
                truth = np.loadtxt(folder + "/gt_points.csv", delimiter=",", skiprows=1)
                pixel = json.load(open(folder + "/meta.json"))["inplane_mm"]
                spent, mapped, folded, trouble = in_process(peer, folder + "/fixed.nii.gz", folder + "/moving.nii.gz", bend, options.threads, truth[:, :3])
                if trouble:
                    break
                back = in_process(peer, folder + "/moving.nii.gz", folder + "/fixed.nii.gz", bend, options.threads, mapped)[1]
                loop = np.nan if back is None else np.linalg.norm(back - truth[:, :3], axis=1).mean()
                miss = np.linalg.norm(mapped - truth[:, 3:], axis=1)
                rows.append((np.median(miss), np.percentile(miss, 95), np.median(miss) < pixel, loop, loop / pixel, folded, spent))
            if trouble:
                print(f"| {peer} | {family} | skipped: {trouble} |" + " |" * 9, flush=True)
                break
            a = np.array(rows, float)
            print(f"| {peer} | {family} | {len(a)} | {np.median(a[:, 0]):.3f} | {np.median(a[:, 1]):.3f} | {a[:, 0].max():.3f} | {int(a[:, 2].sum())}/{len(a)} | {a[:, 3].max():.4f} | "
                  f"{a[:, 4].max():.4f} | {100 * a[:, 5].max():.4f} % | {np.median(a[:, 6]):.2f} | {a[:, 6].max():.2f} |", flush=True)


def motion(options):
    """Frame by frame on the first."""
    import nibabel as nib
    print("| program | series | frames | mean | p95 | worst | processor s |\n|" + "---|" * 7)
    for meta in sorted(glob.glob(options.folder + "/*/meta.json")):
        folder = os.path.dirname(meta)
        if not os.path.exists(folder + "/frames.nii.gz"):
            continue
        truth, image = [np.array(m) for m in json.load(open(meta))["gt_matrices_lps"]], nib.load(folder + "/frames.nii.gz")
        inside = np.argwhere(np.asarray(nib.load(folder + "/mask.nii.gz").dataobj) > 0)
        points = (inside[:: max(1, len(inside) // 1500)] @ image.affine[:3, :3].T + image.affine[:3, 3]) * [-1, -1, 1]
        with tempfile.TemporaryDirectory() as work:
            files = []
            for k in range(image.shape[3]):
                files.append(f"{work}/{k}.nii")
                nib.save(nib.Nifti1Image(np.asarray(image.dataobj[..., k]), image.affine), files[-1])
            for peer in options.peers.split(","):
                misses, total, trouble = [], 0.0, None
                for k in range(1, len(files)):
                    spent, mapped, _, trouble = in_process(peer, files[0], files[k], False, options.threads, points)
                    if trouble:
                        break
                    total += spent
                    misses.append(np.linalg.norm(mapped - Map(truth[k])(points), axis=1).mean())
                if trouble:
                    print(f"| {peer} | {os.path.basename(folder)} | skipped: {trouble} | | | | |", flush=True)
                else:
                    print(f"| {peer} | {os.path.basename(folder)} | {len(files)} | {np.mean(misses):.3f} | {np.percentile(misses, 95):.3f} | {max(misses):.3f} | {total:.1f} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("mode", choices=["rigid", "deformable", "dce"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--cases", type=int, default=99, help="cases of a family, at most")
    chosen = parser.parse_args()
    motion(chosen) if chosen.mode == "dce" else pairs(chosen)

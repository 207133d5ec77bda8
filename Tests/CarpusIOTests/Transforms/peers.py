"""SimpleITK and itk-elastix write transforms and map points, or read what Carpus wrote: peers.py itk|elastix|read FOLDER.
Answers with {file: [[x, y, z], ...]}, the points of points.csv mapped by each file."""
import json
import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[2])
rng = np.random.default_rng(7)


def saved_points(count=60):
    points = rng.uniform(-45, 45, (count, 3))
    np.savetxt(folder / "points.csv", points, delimiter=",", header="x,y,z", comments="", fmt="%.17g")
    return points


def itk_files():
    import SimpleITK as sitk

    points, answers = saved_points(), {}

    def keep(name, transform, endings=(".tfm", ".h5")):
        for ending in endings:
            sitk.WriteTransform(transform, str(folder / (name + ending)))
            answers[name + ending] = [transform.TransformPoint(p.tolist()) for p in points]

    def about(transform, parameters):
        transform.SetCenter([4.0, -7.0, 11.0])
        transform.SetParameters(parameters)
        return transform

    matrix = [1.1, 0.1, 0.0, -0.1, 0.9, 0.05, 0.0, 0.02, 1.02, 1.0, 2.0, -3.0]
    affine = about(sitk.AffineTransform(3), matrix)
    zyx = sitk.Euler3DTransform()
    zyx.SetComputeZYX(True)
    for name, transform in {
        "identity": sitk.Transform(3, sitk.sitkIdentity), "translation": sitk.TranslationTransform(3, [1, -2, 3]), "affine": affine,
        "versor": about(sitk.VersorTransform(), [0.1, -0.2, 0.3]), "versor-rigid": about(sitk.VersorRigid3DTransform(), [0.1, -0.2, 0.3, 4, 5, -6]),
        "euler": about(sitk.Euler3DTransform(), [0.3, -0.2, 0.5, 1, 2, 3]), "euler-zyx": about(zyx, [0.3, -0.2, 0.5, 1, 2, 3]),
        "similarity": about(sitk.Similarity3DTransform(), [0.1, 0.2, -0.1, 1, 2, 3, 1.2]), "scale": about(sitk.ScaleTransform(3), [1.1, 0.9, 1.3]),
        "scale-versor": about(sitk.ScaleVersor3DTransform(), [0.1, 0.2, -0.1, 1, 2, 3, 1.2, 0.8, 1.1]),
    }.items():
        keep(name, transform)
    direction = sitk.VersorTransform([0, 0.6, 0.8], 0.4).GetMatrix()
    spline = sitk.BSplineTransform(3, 3)
    spline.SetTransformDomainMeshSize([3, 4, 2])
    spline.SetTransformDomainOrigin([-40, -35, -30])
    spline.SetTransformDomainDirection(direction)
    spline.SetTransformDomainPhysicalDimensions([70, 80, 60])
    spline.SetParameters(rng.normal(0, 2, len(spline.GetParameters())).tolist())
    keep("spline", spline)
    image = sitk.GetImageFromArray(rng.normal(0, 2, (6, 7, 8, 3)).astype(np.float32).astype(np.float64), isVector=True)
    image.SetOrigin([-30, -40, -25])
    image.SetSpacing([9, 10, 11])
    image.SetDirection(direction)
    vectors = sitk.Cast(image, sitk.sitkVectorFloat32)
    field = sitk.DisplacementFieldTransform(sitk.Image(image))
    keep("field", field)
    keep("composite", sitk.CompositeTransform([affine, spline, field]))
    sitk.WriteImage(image, str(folder / "double.nii.gz"))
    sitk.WriteImage(vectors, str(folder / "vector.nii"))
    # The same with the intent of displacements, which ITK 5.4 takes to be RAS.
    data = bytearray((folder / "vector.nii").read_bytes())
    data[68:70] = (1006).to_bytes(2, "little")
    (folder / "displacement.nii").write_bytes(data)
    for name in ["double.nii.gz", "vector.nii", "displacement.nii"]:
        read = sitk.DisplacementFieldTransform(sitk.ReadImage(str(folder / name), sitk.sitkVectorFloat64))
        answers[name] = [read.TransformPoint(p.tolist()) for p in points]
    return answers


def elastix_files():
    import itk

    points = saved_points()
    z, y, x = np.mgrid[0:24, 0:28, 0:32].astype(np.float32)
    image = itk.image_from_array(np.exp(-((x - 15) ** 2 + (y - 13) ** 2) / 60 - (z - 11) ** 2 / 40).astype(np.float32) + 0.01 * np.sin(x * y / 20).astype(np.float32))
    moved = itk.image_from_array(np.exp(-((x - 17) ** 2 + (y - 12) ** 2) / 70 - (z - 12) ** 2 / 35).astype(np.float32) + 0.01 * np.sin(x * y / 20).astype(np.float32))
    for each in (image, moved):
        each.SetOrigin([-45, -42, -36])
        each.SetSpacing([3, 3, 3])
        each.SetDirection(itk.matrix_from_array(np.array([[0.96, -0.28, 0], [0.28, 0.96, 0], [0, 0, 1.0]])))
    parameters = itk.ParameterObject.New()
    for kind in ["translation", "rigid", "affine", "bspline"]:
        settings = parameters.GetDefaultParameterMap(kind, 1)
        settings["MaximumNumberOfIterations"] = ["30"]
        settings["FinalGridSpacingInPhysicalUnits"] = ["18"]
        if kind == "rigid":
            settings["Transform"] = ["SimilarityTransform"]
        parameters.AddParameterMap(settings)
    itk.elastix_registration_method(image, moved, parameter_object=parameters, output_directory=str(folder), log_to_console=False)
    # The last file again with its transform made large, on control points of our own numbers.
    last = folder / "TransformParameters.3.txt"
    lines = last.read_text().splitlines()
    count = next(int(line.split()[1].rstrip(")")) for line in lines if line.startswith("(NumberOfParameters"))
    numbers = " ".join(f"{v:.6f}" for v in rng.normal(0, 2, count))
    wild = [f"(TransformParameters {numbers})" if line.startswith("(TransformParameters") else line for line in lines]
    (folder / "wild.txt").write_text("\n".join(wild) + "\n")
    euler = [line for line in (folder / "TransformParameters.1.txt").read_text().splitlines()]
    changes = {"Transform": '"EulerTransform"', "NumberOfParameters": "6", "TransformParameters": "0.3 -0.2 0.5 1 2 3", "InitialTransformParameterFileName": '"NoInitialTransform"', "InitialTransformParametersFileName": '"NoInitialTransform"'}
    for name, zyx in [("euler.txt", "false"), ("euler-zyx.txt", "true")]:
        kept = [f"({line[1:].split()[0]} {changes[line[1:].split()[0]]})" if line[1:].split()[0:1] and line[1:].split()[0] in changes else line for line in euler]
        (folder / name).write_text("\n".join(kept + [f'(ComputeZYX "{zyx}")']) + "\n")
    answers = {}
    (folder / "points.txt").write_text(f"point\n{len(points)}\n" + "\n".join(" ".join(f"{v:.17g}" for v in p) for p in points) + "\n")
    for name in ["TransformParameters.0.txt", "TransformParameters.2.txt", "TransformParameters.3.txt", "wild.txt", "euler.txt", "euler-zyx.txt"]:
        read = itk.ParameterObject.New()
        read.ReadParameterFiles(chain(name))
        itk.transformix_pointset(moved, read, fixed_point_set_file_name=str(folder / "points.txt"), output_directory=str(folder))
        lines = (folder / "outputpoints.txt").read_text().splitlines()
        answers[name] = [[float(v) for v in line.split("OutputPoint = [")[1].split("]")[0].split()] for line in lines]
    return answers


def chain(name):
    """A file and those it begins from, the first applied first, as itk-elastix wants them."""
    names = [name]
    while True:
        line = next(l for l in (folder / names[0]).read_text().splitlines() if l.startswith("(InitialTransformParameter"))
        before = line.split('"')[1]
        if before == "NoInitialTransform":
            return [str(folder / n) for n in names]
        names.insert(0, Path(before).name)


def read_files():
    import SimpleITK as sitk

    points = np.loadtxt(folder / "points.csv", delimiter=",", skiprows=1)
    answers = {}
    for file in sorted(folder.glob("mine*")):
        if file.suffix in (".nii", ".gz"):
            transform = sitk.DisplacementFieldTransform(sitk.ReadImage(str(file), sitk.sitkVectorFloat64))
        else:
            transform = sitk.ReadTransform(str(file))
        answers[file.name] = [transform.TransformPoint(p.tolist()) for p in points]
    return answers


print("\n" + json.dumps({"itk": itk_files, "elastix": elastix_files, "read": read_files}[sys.argv[1]]()))

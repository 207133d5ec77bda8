"""What headers say: whose a scan is, where it lies, when and how it was taken."""
import pydicom

from .study import edit, edit_all, files, raw, series, some_series, visits


def swapped_roles(root, rng):
    """T1 says that it is after gadolinium, and the other that it is before."""
    before, after = (next(s for s in series(root) if "T1" in s.name and ("+C" in s.name) == with_agent) for with_agent in (False, True))
    said = [pydicom.dcmread(files(s)[0], stop_before_pixels=True).SeriesDescription for s in (before, after)]
    edit_all(before, lambda data: setattr(data, "SeriesDescription", said[1]))
    edit_all(after, lambda data: setattr(data, "SeriesDescription", said[0]))
    return f"{said[0]} and {said[1]}"


def mixed_patients(root, rng):
    folder = some_series(root, rng)
    for path in files(folder)[::2]:
        edit(path, lambda data: (setattr(data, "PatientID", "SOMEONE-ELSE"), setattr(data, "PatientName", "Else^Someone")))
    return folder.name


def other_patient(root, rng):
    """One visit is another patient's."""
    visit = visits(root)[-1]
    for folder in series(visit):
        edit_all(folder, lambda data: (setattr(data, "PatientID", "SOMEONE-ELSE"), setattr(data, "PatientName", "Else^Someone")))
    return visit.name


def merged_series(root, rng):
    """Two series under one UID in one folder."""
    a, b = rng.sample(series(visits(root)[0]), 2)
    uid = pydicom.dcmread(files(a)[0], stop_before_pixels=True).SeriesInstanceUID
    edit_all(b, lambda data: setattr(data, "SeriesInstanceUID", uid))
    for path in files(b):
        path.rename(a / f"b-{path.name}")
    b.rmdir()
    return f"{b.name} into {a.name}"


def one_orientation(root, rng):
    folder = some_series(root, rng)
    edit(rng.choice(files(folder)), lambda data: setattr(data, "ImageOrientationPatient", [0, 1, 0, 0, 0, -1]))
    return folder.name


def turned_orientation(root, rng):
    """Rows and columns change places in every header of a series."""
    folder = some_series(root, rng)

    def change(data):
        o = list(data.ImageOrientationPatient)
        data.ImageOrientationPatient = o[3:] + o[:3]

    edit_all(folder, change)
    return folder.name


def skewed_orientation(root, rng):
    folder = some_series(root, rng)
    edit_all(folder, lambda data: setattr(data, "ImageOrientationPatient", [1, 0, 0, 0.5, 0.5, 0]))
    return folder.name


def header_number(tag, name, choices):
    def damage(root, rng):
        folder, value = some_series(root, rng), rng.choice(choices)
        edit_all(folder, lambda data: raw(data, tag, "DS", value))
        return f"{folder.name}: {name} is {value.decode()}"

    damage.__name__ = f"odd_{name.replace(' ', '_')}"
    return damage


odd_spacing = header_number(0x00280030, "pixel spacing", [b"nan\\nan ", b"0\\0 ", b"-1\\1", b"1e9\\1e9 ", b"0.5 ", b"x\\y "])
odd_position = header_number(0x00200032, "image position", [b"nan\\0\\0 ", b"0\\0\\0 ", b"1e30\\0\\0", b"1\\2 "])
odd_slope = header_number(0x00281053, "rescale slope", [b"nan ", b"0 ", b"1e38", b"inf "])


def missing_geometry(root, rng):
    folder, tag = some_series(root, rng), rng.choice(["PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient", "Rows"])
    edit_all(folder, lambda data: delattr(data, tag))
    return f"{folder.name}: no {tag}"


def one_missing_position(root, rng):
    folder = some_series(root, rng)
    edit(rng.choice(files(folder)), lambda data: delattr(data, "ImagePositionPatient"))
    return folder.name


def odd_rows(root, rng):
    folder, rows = some_series(root, rng), rng.choice([0, 1, 65535])
    edit_all(folder, lambda data: setattr(data, "Rows", rows))
    return f"{folder.name}: {rows} rows"


def one_other_size(root, rng):
    folder = some_series(root, rng)

    def change(data):
        data.Rows, data.PixelData = data.Rows // 2, data.PixelData[:len(data.PixelData) // 2]

    edit(rng.choice(files(folder)), change)
    return folder.name


def odd_date(root, rng):
    date = rng.choice(["", "99999999", "tomorrow"])
    visit = visits(root)[-1]

    def change(data):
        for tag in (0x00080020, 0x00080021, 0x00080022):
            raw(data, tag, "DA", date.encode() + b" " * (len(date) % 2))

    for folder in series(visit):
        edit_all(folder, change)
    return f"{visit.name}: {date or 'none'}"


def one_date(root, rng):
    """Both visits on one day."""
    for folder in series(root):
        edit_all(folder, lambda data: (setattr(data, "StudyDate", "20250101"), setattr(data, "SeriesDate", "20250101"), setattr(data, "AcquisitionDate", "20250101")))
    return "20250101"


def other_side(root, rng):
    folder = some_series(root, rng)

    def change(data):
        for keyword in ("Laterality", "ImageLaterality"):
            if keyword in data:
                setattr(data, keyword, "R" if data[keyword].value == "L" else "L")

    edit_all(folder, change)
    return folder.name


def wrong_syntax(root, rng):
    """Headers promise JPEG, the pixels are plain."""
    folder = some_series(root, rng)
    for path in files(folder):
        content = path.read_bytes()
        path.write_bytes(content.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0", 1))
    return folder.name

"""Ways in which a study of DICOM folders goes wrong: each a function that damages a copy of a sound study in place.

A study is ROOT/SUBJECT/VISIT/dicom/SERIES/FILE, as `carpus simulate --format dicom` makes it. A damage gets the root and a random source, and gives a few words on what it did. Those in `HARMLESS` change nothing
that counts: the numbers have to stay. What those in `HIDDEN` took away leaves no trace in what is there: nobody can tell.
"""
import os
import shutil

import pydicom
from pydicom.uid import generate_uid


def series(root):
    """All folders of files, in order."""
    return sorted({p.parent for p in root.rglob("*.dcm")})


def visits(root):
    return sorted({s.parents[1] for s in series(root)})


def some_series(root, rng):
    return rng.choice(series(root))


def files(folder):
    return sorted(folder.glob("*.dcm"))


def edit(path, change):
    """Rewrites one file; values against the rules are written as they are."""
    data = pydicom.dcmread(path)
    change(data)
    data.save_as(path)


def edit_all(folder, change):
    for path in files(folder):
        edit(path, change)


def raw(data, tag, vr, text):
    """An element whose text no rule is asked about."""
    data[tag] = pydicom.dataelem.RawDataElement(pydicom.tag.Tag(tag), vr, len(text), text, 0, False, True)


# Files.

def deleted_slice(root, rng):
    folder = some_series(root, rng)
    inner = files(folder)[2:-2]
    victim = rng.choice(inner)
    victim.unlink()
    return f"{folder.name}: {victim.name} deleted"


def deleted_every_other_slice(root, rng):
    folder = some_series(root, rng)
    for path in files(folder)[1::2]:
        path.unlink()
    return folder.name


def deleted_end(root, rng):
    folder, n = some_series(root, rng), rng.randint(1, 4)
    for path in files(folder)[-n:]:
        path.unlink()
    return f"{folder.name}: the last {n}"


def only_one_slice(root, rng):
    folder = some_series(root, rng)
    for path in files(folder)[1:]:
        path.unlink()
    return folder.name


def missing_series(root, rng):
    folder = some_series(root, rng)
    shutil.rmtree(folder)
    return folder.name


def missing_visit(root, rng):
    visit = rng.choice(visits(root))
    shutil.rmtree(visit)
    return visit.name


def duplicated_slice(root, rng):
    folder = some_series(root, rng)
    victim = rng.choice(files(folder))
    shutil.copy(victim, victim.with_name("again-" + victim.name))
    return f"{folder.name}: {victim.name} twice"


def duplicated_place(root, rng):
    """Another image at the place of one that is there."""
    folder = some_series(root, rng)
    a, b = rng.sample(files(folder)[2:-2], 2)
    copy = a.with_name("other-" + a.name)
    shutil.copy(a, copy)
    place = pydicom.dcmread(b, stop_before_pixels=True).ImagePositionPatient

    def change(data):
        data.ImagePositionPatient = place
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(a), "other"])

    edit(copy, change)
    return folder.name


def duplicated_series(root, rng):
    folder = some_series(root, rng)
    shutil.copytree(folder, folder.with_name(folder.name + "-copy"))
    return folder.name


def truncated(root, rng):
    folder = some_series(root, rng)
    victim = rng.choice(files(folder))
    size = victim.stat().st_size
    os.truncate(victim, rng.randint(size // 2, size - 1))
    return f"{folder.name}: {victim.name} in its pixels"


def truncated_header(root, rng):
    folder = some_series(root, rng)
    victim = rng.choice(files(folder))
    os.truncate(victim, rng.randint(100, 600))
    return f"{folder.name}: {victim.name} in its header"


def all_truncated(root, rng):
    folder = some_series(root, rng)
    for path in files(folder):
        os.truncate(path, path.stat().st_size // 3)
    return folder.name


def empty_file(root, rng):
    folder = some_series(root, rng)
    victim = rng.choice(files(folder))
    victim.write_bytes(b"")
    return f"{folder.name}: {victim.name}"


def flipped_bytes(root, rng):
    """Some bytes anywhere in a file are others."""
    folder = some_series(root, rng)
    victim = rng.choice(files(folder))
    content = bytearray(victim.read_bytes())
    for _ in range(20):
        content[rng.randrange(132, 2000)] = rng.randrange(256)
    victim.write_bytes(content)
    return f"{folder.name}: {victim.name}"


def shuffled_names(root, rng):
    folder = some_series(root, rng)
    paths = files(folder)
    names = [p.name for p in paths]
    rng.shuffle(names)
    for path in paths:
        path.rename(path.with_suffix(".moving"))
    for path, name in zip(paths, names):
        path.with_suffix(".moving").rename(folder / name)
    return folder.name


def other_names(root, rng):
    folder = some_series(root, rng)
    for i, path in enumerate(files(folder)):
        path.rename(folder / f"ü {i:x}")
    return folder.name


def shuffled_numbers(root, rng):
    folder = some_series(root, rng)
    numbers = list(range(1, len(files(folder)) + 1))
    rng.shuffle(numbers)
    for path, number in zip(files(folder), numbers):
        edit(path, lambda data: setattr(data, "InstanceNumber", number))
    return folder.name


def strangers(root, rng):
    """Files that are no images."""
    folder = some_series(root, rng)
    (folder / "notes.txt").write_text("the patient moved\n")
    (folder / "DICOMDIR").write_bytes(bytes(200))
    (folder / "Thumbs.db").write_bytes(os.urandom(3000))
    (folder / ".hidden").write_bytes(b"x")
    return folder.name


def circular_link(root, rng):
    folder = some_series(root, rng)
    (folder / "up").symlink_to(root, target_is_directory=True)
    return folder.name


def unreadable_folder(root, rng):
    folder = some_series(root, rng)
    folder.chmod(0)
    return folder.name


def unreadable_file(root, rng):
    folder = some_series(root, rng)
    victim = rng.choice(files(folder))
    victim.chmod(0)
    return f"{folder.name}: {victim.name}"


# What headers say.

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

    damage.__name__ = f"odd_{name}"
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


# What images show.

def pixels(name, make):
    def damage(root, rng):
        folder = some_series(root, rng)

        def change(data):
            data.PixelData = make(data, rng)

        edit_all(folder, change)
        return folder.name

    damage.__name__ = name
    return damage


black = pixels("black", lambda data, rng: bytes(len(data.PixelData)))
constant = pixels("constant", lambda data, rng: b"\x00\x02" * (len(data.PixelData) // 2))
noise = pixels("noise", lambda data, rng: b"".join(rng.randrange(512).to_bytes(2, "little") for _ in range(len(data.PixelData) // 2)))


def one_black_slice(root, rng):
    folder = some_series(root, rng)
    edit(rng.choice(files(folder)[2:-2]), lambda data: setattr(data, "PixelData", bytes(len(data.PixelData))))
    return folder.name


def upside_down(root, rng):
    """Every slice of a series stored upside down, its header as before."""
    folder = some_series(root, rng)

    def change(data):
        width = 2 * data.Columns
        data.PixelData = b"".join(data.PixelData[i:i + width] for i in reversed(range(0, len(data.PixelData), width)))

    edit_all(folder, change)
    return folder.name


ALL = [
    deleted_slice, deleted_every_other_slice, deleted_end, only_one_slice, missing_series, missing_visit, duplicated_slice, duplicated_place, duplicated_series, truncated, truncated_header,
    all_truncated, empty_file, flipped_bytes, shuffled_names, other_names, shuffled_numbers, strangers, circular_link, unreadable_folder, unreadable_file, swapped_roles, mixed_patients,
    other_patient, merged_series, one_orientation, turned_orientation, skewed_orientation, odd_spacing, odd_position, odd_slope, missing_geometry, one_missing_position, odd_rows,
    one_other_size, odd_date, one_date, other_side, wrong_syntax, black, constant, noise, one_black_slice, upside_down,
]
HIDDEN = {deleted_end, missing_visit}
HARMLESS = {shuffled_names, other_names, shuffled_numbers, strangers, circular_link, duplicated_slice}

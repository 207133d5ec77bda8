"""A study of DICOM folders, ROOT/SUBJECT/VISIT/dicom/SERIES/FILE, as `carpus simulate --format dicom` makes it: what lies where, and how a file is changed."""
import pydicom


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

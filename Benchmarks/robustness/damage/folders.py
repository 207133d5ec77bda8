"""Files that are gone, broken, doubled or called otherwise."""
import os
import shutil

import pydicom
from pydicom.uid import generate_uid

from .study import edit, files, some_series, visits


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

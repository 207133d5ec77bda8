"""What images show."""
from .study import edit, edit_all, files, some_series


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

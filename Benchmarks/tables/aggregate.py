"""How long tables of many visits take, and how much memory: carpus evaluate and carpus agree.

    python Benchmarks/tables/aggregate.py .build/release/carpus [VISITS ...]        (default: 10 100 400)

Each visit has volumes, shares, widths and grades of all sites of a wrist, 176 rows, of a method and of a reference, made from random numbers.
Prints processor seconds (user and system) and the largest memory of each command.
"""
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

BONES = "distal-radius distal-ulna scaphoid lunate triquetrum pisiform trapezium trapezoid capitate hamate".split() + [f"metacarpal-{i}-base" for i in range(1, 6)]
JOINTS = "distal-radioulnar radiocarpal intercarpal-carpometacarpal".split()
TENDONS = [f"extensor-{i}" for i in range(1, 7)] + "flexor-fcr flexor-fpl flexor-common flexor-fcu".split()
COLUMNS = "participant_id session_id side region measure value unit status reason method".split()


def visit(rng):
    """Region, measure, value and unit of one wrist."""
    for lesion, sites in (("synovitis", JOINTS), ("bone-marrow-oedema", BONES), ("erosion", BONES), ("tenosynovitis", TENDONS)):
        total = 0
        for site in sites:
            size, top = rng.gammavariate(1.2, 0.2), 10 if lesion == "erosion" else 3
            grade = min(top, round(size * top))
            total += grade
            yield f"{lesion}/{site}", "volume", 3 * size, "mL"
            yield f"{lesion}/{site}", "thickness" if lesion == "tenosynovitis" else "fraction", min(1, size), "mm" if lesion == "tenosynovitis" else "1"
            yield f"{lesion}/{site}", "mean-signal", 300 + 400 * size, "1"
            yield f"{lesion}/{site}", "ramris", grade, "1"
        yield f"{lesion}/total", "ramris", total, "1"


def write(folder, visits):
    """Two tables as runs leave them, and one as raters would."""
    rng = random.Random(8)
    method, truth, tidy = [COLUMNS], [COLUMNS], [["participant_id", "session_id", "region", "measure", "rater", "value", "unit"]]
    for i in range(visits):
        subject, session = f"sub-{i // 2 + 1:03}", f"ses-0{i % 2 + 1}"
        for region, measure, value, unit in visit(rng):
            other = max(0, value + rng.choice((-1, 0, 0, 0, 1))) if measure == "ramris" else value * rng.uniform(0.8, 1.25)
            for rows, rater, v in ((method, "carpus", value), (truth, "reader", other)):
                rows.append([subject, session, "L", region, measure, v, unit, "ok", "n/a", "made-up/1"])
                if measure in ("ramris", "volume") and not region.endswith("/total"):
                    tidy.append([subject, session, region, f"{measure}-{region.split('/')[0]}", rater, v, unit])
    for name, rows in (("method/measures.tsv", method), ("truth/measures.tsv", truth), ("tidy.tsv", tidy)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join("\t".join(map(str, r)) for r in rows) + "\n")


def cost(command):
    """Processor seconds and MB of a command, in a child of its own so that one's largest memory is not another's."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        done = subprocess.run(command, stdout=subprocess.DEVNULL)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(writer, f"{done.returncode} {used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    status, seconds, memory = os.read(reader, 100).split()
    if int(status) != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {int(status)}")
    return float(seconds), float(memory)


def main():
    carpus, sizes = pathlib.Path(sys.argv[1]).resolve(), [int(v) for v in sys.argv[2:]] or [10, 100, 400]
    print("visits\tcommand\tprocessor s\tlargest memory MB")
    for visits in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write(folder, visits)
            for title, command in (
                ("evaluate", [carpus, "evaluate", folder / "method", folder / "truth"]),
                ("agree", [carpus, "agree", folder / "tidy.tsv", "--reference", "reader"]),
            ):
                seconds, memory = cost(command)
                print(f"{visits}\t{title}\t{seconds:.2f}\t{memory:.0f}", flush=True)


main()

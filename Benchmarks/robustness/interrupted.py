"""Whether a run that is killed anywhere goes on to the same results: bit for bit, whatever the number of threads.

    python Benchmarks/robustness/interrupted.py .build/release/carpus [--kills 20] [--seed 1] [--protocol Protocols/wrist-ra.yml] [--input SampleData]

Runs with 1, 2 and 4 threads; then kills a run at random moments (SIGKILL), each time going on from what is there, until it ends by itself, for as many kills as asked.
Compares every file that holds results; logs and times are left out. Ends with 1 when anything differs.
"""
import argparse
import hashlib
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[2]


def command(options, output, threads):
    return [options.carpus.resolve(), "run", options.protocol, "--input", options.input, "--output", output, "--threads", str(threads), "--progress", "none"]


def timeless(value):
    """JSON without when and how long."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k not in ("seconds", "started", "finished")}
    return [timeless(v) for v in value] if isinstance(value, list) else value


def results(output):
    """A digest of every file that holds results."""
    found = {}
    for path in sorted(p for p in output.rglob("*") if p.is_file()):
        name = str(path.relative_to(output))
        if name.startswith((".carpus", "logs")):
            continue
        content = path.read_bytes()
        if name == "record.json":
            content = json.dumps(timeless(json.loads(content)), sort_keys=True).encode()
        found[name] = hashlib.sha256(content).hexdigest()
    return found


def differences(a, b):
    return [name for name in sorted(a.keys() | b.keys()) if a.get(name) != b.get(name)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("carpus", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--protocol", type=pathlib.Path, default=ROOT / "Protocols/wrist-ra.yml")
    parser.add_argument("--input", type=pathlib.Path, default=ROOT / "SampleData")
    options = parser.parse_args()
    rng, bad = random.Random(options.seed), 0
    with tempfile.TemporaryDirectory() as name:
        folder, sound, seconds = pathlib.Path(name), None, 0.0
        for threads in (1, 2, 4):
            output, begun = folder / f"threads-{threads}", time.monotonic()
            subprocess.run(command(options, output, threads), check=True, capture_output=True)
            if threads == 2:
                seconds = time.monotonic() - begun
            found = results(output)
            sound = sound or found
            changed = differences(sound, found)
            bad += len(changed)
            print(f"{threads} threads\t{len(found)} files\t{len(changed)} differ from those of 1 thread\t{' '.join(changed[:5])}", flush=True)
        kills, rounds = 0, 0
        while kills < options.kills:
            output, rounds = folder / f"killed-{rounds}", rounds + 1
            while True:
                child = subprocess.Popen(command(options, output, 2), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                try:
                    _, said = child.communicate(timeout=rng.uniform(0.02, 0.6) * seconds if kills < options.kills else None)
                except subprocess.TimeoutExpired:
                    child.send_signal(signal.SIGKILL)
                    child.communicate()
                    kills += 1
                    continue
                break
            changed = differences(sound, results(output)) if child.returncode == 0 else ["it ended with " + str(child.returncode) + ": " + said.decode()[-300:]]
            bad += len(changed)
            print(f"round {rounds}: {kills} kills so far\t{len(changed)} files differ\t{' '.join(changed[:5])}", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
#
# From nothing to names: one `kin identify` of a 12-megapixel JPEG against 1,000 people with three faces each, a new
# process each time, beside the same done in Python (rival_identify.py), and `kin version` beside `python3 -c pass`.
# Alternating runs; median wall time and largest peak memory of each.
#     RIVAL=python make bench    (numpy, Pillow, opencv-python, onnxruntime, ../shared)
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 11
HERE = pathlib.Path(__file__).resolve().parent
FLOOR = 1.2 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # a child's peak starts with its parent's
PEOPLE, EACH, WIDTH = 1000, 3, 128


def once(command):
    """Wall milliseconds, peak megabytes, what it printed."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = (time.perf_counter() - start) * 1e3
    if os.waitstatus_to_exitcode(status) != 0 and not out:
        sys.exit(f"{' '.join(command)}: failed")
    return wall, usage.ru_maxrss / 1024, out.count("\n")


def alternate(rows):
    """rows: name -> command. The first is kin's."""
    results = {name: [] for name in rows}
    for turn in range(-1, ROUNDS):  # the first round warms the file cache
        for name, command in rows.items():
            result = once(command)
            if turn >= 0:
                results[name].append(result)
    ours = next(iter(results.values()))
    for name, runs in results.items():
        ratio = statistics.median(a[0] / b[0] for a, b in zip(ours, runs))
        walls = sorted(r[0] for r in runs)
        peak = max(r[1] for r in runs)
        memory = f"{peak:7.1f} MB" if peak > FLOOR else ""
        print(f"{name:44} {statistics.median(walls):8.1f} ms ({walls[0]:.1f} .. {walls[-1]:.1f}) "
              f"{memory:10}  {runs[0][2]:3} lines  kin/this {ratio:.2f}", flush=True)


def main():
    kin, fill = f"{BUILD}/kin", f"{BUILD}/bench/search"
    with tempfile.TemporaryDirectory() as folder:
        photo, gallery = f"{folder}/scene.jpg", f"{folder}/gallery.db"
        subprocess.run([sys.executable, HERE.parent / "scripts" / "make-scene.py", photo], check=True)
        subprocess.run([fill, "--fill", gallery, str(PEOPLE * EACH)], check=True)
        vectors = np.random.default_rng(1).standard_normal((PEOPLE * EACH, WIDTH)).astype(np.float32)
        np.save(f"{folder}/vectors.npy", vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
        pathlib.Path(f"{folder}/names.txt").write_text("\n".join(f"Person {i // EACH}" for i in range(PEOPLE * EACH)))
        rival = [sys.executable, str(HERE / "rival_identify.py")]
        data = [photo, f"{folder}/vectors.npy", f"{folder}/names.txt", "0.5"]
        print(f"cold runs, {PEOPLE} people with {EACH} faces each; median of {ROUNDS} alternating runs (range), peak memory")
        alternate({"kin identify": [kin, "identify", "-g", gallery, photo],
                   "Python, ONNX Runtime, the same networks": [*rival, "onnxruntime", *data],
                   "Python, OpenCV: YuNet and MobileFaceNet": [*rival, "opencv", *data]})
        alternate({"kin version": [kin, "version"], "python3 -c pass": ["/usr/bin/python3", "-c", "pass"]})


main()

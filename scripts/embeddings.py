# SPDX-License-Identifier: Apache-2.0
#
# Vectors of many photos by a command that prints JSON lines: `kin embed --json` or `reference.py embed --only-middle`.
# Shared by measure-tail.py, evaluate-pairs.py and open-set.py.
import json
import os
import pathlib
import shlex
import subprocess
import sys

import numpy as np

from reference import nearest_the_middle

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("KIN_SHARED", ROOT.parent / "shared"))
AT_ONCE = 400  # photos a call: the command line stays short


def add_arguments(parser):
    parser.add_argument("people", help="the unpacked folder people/ of people.tar")
    parser.add_argument("--embed", default=f"{ROOT / 'build' / 'kin'} embed --json",
                        help="command that prints one JSON object a photo (default: %(default)s)")
    parser.add_argument("--middle", help="command that embeds the middle of photos without a face (kin has none: "
                        "'reference.py middle -m models/recogniser.tflite'); without it they match nobody")
    parser.add_argument("--cache", help=".npz that keeps the vectors between runs")


def records(command, photos):
    """What the command says of each photo, in order. Exit status 1 (a photo without a face) is an answer."""
    for start in range(0, len(photos), AT_ONCE):
        some = [str(p) for p in photos[start:start + AT_ONCE]]
        run = subprocess.run([*shlex.split(command), *some], stdout=subprocess.PIPE, check=False)
        lines = run.stdout.decode("utf-8").splitlines()
        if run.returncode not in (0, 1) or len(lines) != len(some):
            raise SystemExit(f"{command}: exit status {run.returncode}, {len(lines)} answers for {len(some)} photos")
        for photo, line in zip(some, lines):
            record = json.loads(line)
            if record["file"] != photo:
                raise SystemExit(f"{command}: answered {record['file']}, expected {photo}")
            yield record


def vector_of(record):
    """The vector of the face nearest the middle; None without a face."""
    if "error" in record:
        raise SystemExit(f"{record['file']}: {record['error']['message']}")
    if record["faces"]:
        return record["faces"][nearest_the_middle(record["faces"], record["width"], record["height"])]["embedding"]
    return record.get("middle")


def embed_all(options, photos):
    """{photo: unit vector}; where no face was found the middle's vector, or None without --middle. Also the list of
    photos without a face."""
    key = options.embed + "|" + str(options.middle)
    if options.cache and pathlib.Path(options.cache).exists():
        kept = np.load(options.cache, allow_pickle=False)
        if str(kept["key"]) == key and set(map(str, photos)) <= set(kept["photos"].tolist()):
            table = dict(zip(kept["photos"].tolist(), kept["vectors"]))
            without = set(kept["without"].tolist())
            return ({p: None if np.isnan(table[str(p)][0]) else table[str(p)] for p in photos},
                    [p for p in photos if str(p) in without])
    found, without = {}, []
    for photo, record in zip(photos, records(options.embed, photos)):
        found[photo] = vector_of(record)
        if not record["faces"]:
            without.append(photo)
        if sys.stderr.isatty():
            print(f"\r{len(found)} of {len(photos)} photos", end="", file=sys.stderr)
    if options.middle and without:
        found.update((p, r["middle"]) for p, r in zip(without, records(options.middle, without)))
    width = next(len(v) for v in found.values() if v is not None)
    found = {p: None if v is None else np.asarray(v, np.float64) / np.linalg.norm(v) for p, v in found.items()}
    if options.cache:
        nothing = np.full(width, np.nan)
        np.savez(options.cache, key=key, photos=[str(p) for p in photos], without=[str(p) for p in without],
                 vectors=np.array([nothing if found[p] is None else found[p] for p in photos]))
    return found, without


def list_people(folder):
    """{identity: photos}, both sorted."""
    people = {d.name: sorted(d.glob("*.jpg")) for d in sorted(pathlib.Path(folder).iterdir()) if d.is_dir()}
    if not people:
        raise SystemExit(f"{folder}: no people in it")
    return people


def half_of(people, odd):
    """pNNNNN with NNNNN / 20 even: for the cards' tails; odd: for tests."""
    return {name: photos for name, photos in people.items() if int(name[1:]) // 20 % 2 == int(odd)}

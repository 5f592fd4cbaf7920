#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# What the limits of enrolment (src/gallery/admit.c) cost and save: measure-limits.py PEOPLE prints, for portraits of the
# even half of people.tar as they are and made worse (blurred, moved, shrunk), what part of them each limit refuses
# and what similarity to their person's other photos they have lost; then the same of photos as they are, by pose.
import argparse
import pathlib
import shutil
import tempfile

import cv2
import numpy as np

import embeddings
from reference import nearest_the_middle

LIMITS = {"sharpness": (0.10, 0.15, 0.20, 0.25, 0.30), "pitch": (20, 25, 30), "yaw": (35, 45, 55),
          "size_px": (25, 30, 40)}
LEAST = ("sharpness", "size_px")  # these must reach the limit, the others must not pass it


def gaussian(sigma):
    return lambda picture: cv2.GaussianBlur(picture, (0, 0), sigma)


def motion(length, angle):
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), angle, 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length))
    return lambda picture: cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def shrunk(part):
    return lambda picture: cv2.resize(picture, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)


WORSE = {"as it is": lambda picture: picture}
WORSE.update({f"blurred, sigma {s:g} px": gaussian(s) for s in (1, 1.5, 2, 3, 4, 6)})
WORSE.update({f"moved by {n} px": motion(n, 30) for n in (5, 9, 13, 17, 21)})
WORSE.update({f"shrunk to {100 * p:.0f} %": shrunk(p) for p in (0.5, 0.4, 0.3, 0.25, 0.2)})


def look(kin, photos):
    """{photo: the face nearest the middle, or None}."""
    found = {}
    for photo, record in zip(photos, embeddings.records(f"{kin} embed --json --min-face 10", photos)):
        faces = record["faces"]
        found[photo] = faces[nearest_the_middle(faces, record["width"], record["height"])] if faces else None
    return found


def refused(face, what, limit):
    value = face["quality"][what]
    return value < limit if what in LEAST else abs(value) > limit


def similarity(face, others):
    """To the person's other photos, mean."""
    vectors = [f["embedding"] for f in others]
    return float(np.mean(np.asarray(vectors) @ np.asarray(face["embedding"])))


def row(word, faces, own, lost, count):
    cells = [f"{100 * np.mean([refused(f, w, v) for f in faces]):.1f}" for w, some in LIMITS.items() for v in some]
    quality = [np.median([f["quality"][w] for f in faces]) for w in ("size_px", "sharpness")]
    print(f"| {word} | {count} | {quality[0]:.0f} | {quality[1]:.2f} | {np.mean(own):.2f} | {np.mean(lost):+.2f} | "
          + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description="what the limits of enrolment refuse, and what that had lost")
    parser.add_argument("people", help="the unpacked folder people/ of people.tar")
    parser.add_argument("--kin", default=str(embeddings.ROOT / "build" / "kin"))
    parser.add_argument("--odd", action="store_true", help="the other half of the people")
    parser.add_argument("--photos", type=int, default=1, help="photos a person that are made worse (default: %(default)s)")
    options = parser.parse_args()
    people = embeddings.half_of(embeddings.list_people(options.people), odd=options.odd)
    clean = look(options.kin, [p for some in people.values() for p in some])
    portraits = {p for p in clean if cv2.imread(str(p)).shape[:2] == (218, 178)}
    others = {p: [clean[q] for q in some if q != p and clean[q]] for some in people.values() for p in some}
    usual = [p for p in clean if clean[p] and others[p]]
    base = np.mean([similarity(clean[p], others[p]) for p in usual])
    head = ["photos", "faces", "px", "sharpness", "to own", "lost"] + [f"{w} {v:g}" for w, s in LIMITS.items() for v in s]
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for word, some in (("portraits 178x218", [p for p in usual if p in portraits]),
                       ("other sizes", [p for p in usual if p not in portraits])):
        own = [similarity(clean[p], others[p]) for p in some]
        row(word, [clean[p] for p in some], own, [s - base for s in own], len(some))
    for what, edges in (("yaw", (0, 15, 30, 40, 50, 180)), ("pitch", (0, 10, 20, 25, 30, 35, 180)),
                        ("sharpness", (0, 0.2, 0.3, 0.4, 0.5, 2)), ("size_px", (0, 40, 60, 80, 1000))):
        for low, high in zip(edges, edges[1:]):
            some = [p for p in usual if low <= abs(clean[p]["quality"][what]) < high]
            if some:
                own = [similarity(clean[p], others[p]) for p in some]
                row(f"{what} {low:g} to {high:g}", [clean[p] for p in some], own, [s - base for s in own], len(some))
    chosen = [p for some in people.values() for p in [q for q in some if q in portraits and clean[q] and others[q]]
              [:options.photos]]
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        for word, worsen in WORSE.items():
            paths = {}
            for p in chosen:
                paths[folder / f"{p.stem}.png"] = p
                cv2.imwrite(str(folder / f"{p.stem}.png"), worsen(cv2.imread(str(p))))
            pairs = [(f, paths[q]) for q, f in look(options.kin, list(paths)).items() if f]
            own = [similarity(f, others[p]) for f, p in pairs]
            row(word, [f for f, _ in pairs], own, [s - similarity(clean[p], others[p]) for s, (_, p) in zip(own, pairs)],
                len(pairs))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# What `kin enroll --from` says and takes (src/gallery/choose.h): measure-choice.py PEOPLE [--kin build/kin]. First of people.tar
# as it is: how many photos are doubted. Then with a wrong photo in every fourth folder (a photo of somebody else, 5 % of the
# photos), and a group of --faces portraits in every other: half with the person in it (one of the folder's photos, which is
# then left out alone), half without. Doubted wrong photos, and which face of the groups was taken, are counted.
import argparse
import pathlib
import sqlite3
import subprocess
import tempfile

import numpy as np
from PIL import Image

import embeddings

TILE = (178, 218)  # most of CelebA's photos have this size
DOUBT = "taken, though unlike the person's others"


def enroll(options, folder):
    """Photos that were doubted, those declined, {photo: middle of the enrolled face's box}."""
    with tempfile.TemporaryDirectory() as place:
        book = pathlib.Path(place) / "gallery.db"
        extra = ["-m", options.model] if options.model else []
        run = subprocess.run([options.kin, "enroll", "--from", folder, "-g", book, "--no-crops", *extra],
                             capture_output=True, check=False)
        if run.returncode not in (0, 1):
            raise SystemExit(f"kin enroll: exit status {run.returncode}: {run.stderr.decode()}")
        doubted, declined = set(), set()
        for line in run.stderr.decode().splitlines():
            path, _, remark = line.removeprefix("kin: ").partition(".jpg: ")
            photo = "/".join(path.split("/")[-2:]) + ".jpg"
            if remark == DOUBT:
                doubted.add(photo)
            elif remark.startswith("declined"):
                declined.add(photo)
        rows = sqlite3.connect(book).execute("select photo_name, (x0 + x1) / 2, (y0 + y1) / 2 from face").fetchall()
    return doubted, declined, {"/".join(name.split("/")[-2:]): (x, y) for name, x, y in rows}


def tile_of(k):
    return k % 2 * TILE[0], k // 2 * TILE[1]


def group(photos, path):
    """Portraits side by side, two a row."""
    canvas = Image.new("RGB", (2 * TILE[0], (len(photos) + 1) // 2 * TILE[1]))
    for k, photo in enumerate(photos):
        canvas.paste(Image.open(photo).convert("RGB"), tile_of(k))
    canvas.save(path, quality=95)


def spoil(people, folder, faces, draw):
    """Fills `folder`. Wrong photos, {group with the person: tile}, [group without]."""
    portraits = {n: [p for p in photos if Image.open(p).size == TILE] for n, photos in people.items()}
    names = [n for n in people if portraits[n]]
    wrong, within, without = [], {}, []
    for i, (name, photos) in enumerate(people.items()):
        home = pathlib.Path(folder) / name
        home.mkdir()
        left = list(photos)
        strangers = [draw.choice(np.array(portraits[s], object)) for s in
                     draw.choice([n for n in names if n != name], faces, replace=False)]
        if i % 4 == 0:
            for k in range(max(1, round(len(photos) / 5))):
                wrong.append(f"{name}/wrong{k}.jpg")
                (home / f"wrong{k}.jpg").symlink_to(strangers[k % faces])
        elif i % 2 and len(photos) > 3 and portraits[name]:
            shot, at = f"{name}/group.jpg", int(draw.integers(faces))
            if i % 4 == 1:
                own = draw.choice(np.array(portraits[name], object))
                left.remove(own)
                strangers[at] = own
                within[shot] = at
            else:
                without.append(shot)
            group(strangers, home / "group.jpg")
        for photo in left:
            (home / photo.name).symlink_to(photo)
    return wrong, within, without


def main():
    parser = argparse.ArgumentParser(description="what enrolment doubts and takes")
    parser.add_argument("people", help="the unpacked folder people/ of people.tar")
    parser.add_argument("--kin", default=embeddings.ROOT / "build" / "kin")
    parser.add_argument("-m", "--model", help="recogniser")
    parser.add_argument("--faces", type=int, default=4, help="faces in a group (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    people = embeddings.list_people(pathlib.Path(options.people).resolve())
    total = sum(map(len, people.values()))
    doubted = enroll(options, options.people)[0]
    print(f"{len(people)} people, {total} photos as they are: {len(doubted)} doubted", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        wrong, within, without = spoil(people, folder, options.faces, np.random.default_rng(options.seed))
        doubted, declined, taken = enroll(options, folder)
    alone = sum(p in taken or p in doubted | declined for p in wrong)
    print(f"{len(wrong)} wrong photos ({alone} seen as one face): {len(doubted & set(wrong))} doubted; "
          f"{len(doubted - set(wrong))} others doubted")
    right = sum(p in taken and all(0 <= c - o < s for c, o, s in zip(taken[p], tile_of(at), TILE))
                for p, at in within.items())
    lost = sum(p in taken for p in within) - right
    print(f"groups of {options.faces} with the person: right face {right} of {len(within)}, wrong face {lost}; "
          f"without: a face taken from {sum(p in taken for p in without)} of {len(without)}")


if __name__ == "__main__":
    main()

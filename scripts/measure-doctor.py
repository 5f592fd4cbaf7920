#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# How many wrong labels `kin doctor` finds, and what it doubts beside them: measure-doctor.py PEOPLE [--sheets FOLDER].
# The people are shuffled and cut into galleries of --size (everybody is in one at most). In each, --planted photos get
# a wrong label: every second is taken from another person of the gallery, the others from people who are not in it;
# nobody gets two.
# Each gallery is made by `kin enroll --from` and examined by `kin doctor --json`. What it doubts although nothing was
# planted there is listed in the order of the galleries; --sheets writes a picture of each (the doubted photo first, the
# person's others behind it), for CelebA's labels are not clean.
import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np
from PIL import Image

import embeddings

TILE = (178, 218)


def fill(people, names, outside, planted, draw, folder):
    """Makes the folders of one gallery. {person/photo: who it shows} of the planted ones."""
    photos = {name: list(people[name]) for name in names}
    victims = [str(n) for n in draw.permutation([n for n in names if len(photos[n]) >= 4])]
    wrong = {}
    for k in range(planted):
        if k % 2:
            donor = str(draw.choice(outside))
            photo = people[donor][draw.integers(len(people[donor]))]
        else:
            donor = victims[planted + k]  # of the gallery, and no victim
            photo = photos[donor].pop(draw.integers(len(photos[donor])))
        wrong[f"{victims[k]}/{photo.name}"] = donor
        photos[victims[k]].append(photo)
    for name, some in photos.items():
        (folder / name).mkdir()
        for photo in some:
            (folder / name / photo.name).symlink_to(photo)
    return wrong


def examine(options, folder):
    """What kin doctor says of the folders' people."""
    with tempfile.TemporaryDirectory() as place:
        book = ["-g", str(pathlib.Path(place) / "gallery.db"), *(["-m", options.model] if options.model else [])]
        for command, status in ((["enroll", "--from", str(folder), "--no-crops", "-q"], (0, 1)),
                                (["doctor", "--json"], (0, 1))):
            run = subprocess.run([options.kin, *command, *book], capture_output=True, check=False)
            if run.returncode not in status:
                raise SystemExit(f"kin {command[0]}: exit status {run.returncode}: {run.stderr.decode()}")
    return json.loads(run.stdout)


def sheet(people, name, photo, path):
    """The doubted photo, a gap, up to seven others of the person."""
    others = [p for p in people[name] if p.name != photo][:7]
    first = next(p for some in people.values() for p in some if p.name == photo)
    canvas = Image.new("RGB", ((len(others) + 1) * TILE[0] + 20, TILE[1]), "white")
    for k, p in enumerate([first, *others]):
        picture = Image.open(p).convert("RGB")
        picture.thumbnail(TILE)
        canvas.paste(picture, (k * TILE[0] + (20 if k else 0), 0))
    canvas.save(path)


def main():
    parser = argparse.ArgumentParser(description="wrong labels that kin doctor finds")
    parser.add_argument("people", help="the unpacked folder people/ of people.tar")
    parser.add_argument("--kin", default=str(embeddings.ROOT / "build" / "kin"))
    parser.add_argument("-m", "--model", help="recogniser")
    parser.add_argument("--size", type=int, default=50, help="people of a gallery (default: %(default)s)")
    parser.add_argument("--planted", type=int, default=10, help="wrong labels of a gallery (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sheets", type=pathlib.Path, help="folder for pictures of the first twenty false alarms")
    options = parser.parse_args()
    people = embeddings.list_people(pathlib.Path(options.people).resolve())
    draw = np.random.default_rng(options.seed)
    order = [str(n) for n in draw.permutation(list(people))]
    found = {"another": 0, "unlike": 0, "fits": 0}
    named, enrolled, inside, alarms = 0, 0, [0, 0], []
    for first in range(0, len(order) - options.size + 1, options.size):
        names = order[first:first + options.size]
        with tempfile.TemporaryDirectory() as folder:
            outside = [n for n in order if n not in names]
            wrong = fill(people, names, outside, options.planted, draw, pathlib.Path(folder))
            answer = examine(options, folder)
        for person in answer["people"]:
            for face in person["faces"]:
                key = f"{person['name']}/{pathlib.Path(face['photo']).name}"
                enrolled += 1
                if key in wrong:
                    found[face["label"]] += 1
                    within = wrong[key] in names
                    inside[0] += within
                    inside[1] += within and face["label"] != "fits"
                    named += within and face["label"] == "another" and face["nearest"] == wrong[key]
                elif face["label"] != "fits":
                    alarms.append((person["name"], face))
    total = sum(found.values())
    hits = total - found["fits"]
    galleries = len(order) // options.size
    print(f"{galleries} galleries of {options.size} people, {enrolled} faces enrolled, {total} of "
          f"{galleries * options.planted} planted photos among them")
    print(f"planted: {hits} of {total} found ({100 * hits / total:.1f} %): {found['another']} as another's, "
          f"{found['unlike']} as unlike; of {inside[0]} of people in the gallery {inside[1]}, with the right name "
          f"{named}")
    print(f"doubted beside them: {len(alarms)} of {enrolled - total} ({100 * len(alarms) / (enrolled - total):.1f} %), "
          f"{sum(f['label'] == 'another' for _, f in alarms)} as another's")
    if options.sheets:
        options.sheets.mkdir(exist_ok=True)
    for k, (name, face) in enumerate(alarms[:20]):
        print(f"  {k + 1:2} {face['photo'].split('/')[-1]}: {face['label']}, own {face['own_agree']}, "
              f"{face['nearest']} {face['other_agree']}")
        if options.sheets:
            sheet(people, name, face["photo"].split("/")[-1], options.sheets / f"{k + 1:02}.png")


if __name__ == "__main__":
    main()

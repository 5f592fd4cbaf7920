#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tutorial, replayed: two people, a folder of strangers and of what is no face, `kin train`, then photos that it has not
seen. Many draws of people, several bases; prints a row a base: the share of unseen photos of the two that get the right name,
the share of unseen strangers that stay unknown, mean and standard deviation over the draws.

usage: replay-tutorial.py KIN PEOPLE STRANGERS NO_FACE [--draws 20] [--train 20] [--base NAME=MODEL[@LAYER]]... [--work DIR]
       PEOPLE holds a folder a person (people.tar), STRANGERS and NO_FACE hold pictures (photos.tar)
"""
import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile


def pictures(folder):
    return sorted(os.path.join(folder, f) for f in os.listdir(folder) if f.lower().endswith(('.jpg', '.png')))


def draw(args, seed):
    """{name: (taught, asked)} of two people and the unknown."""
    dice = random.Random(seed)
    able = [p for p in sorted(os.listdir(args.people)) if len(pictures(os.path.join(args.people, p))) >= args.train + 3]
    drawn = {}
    for person in dice.sample(able, 2):
        photos = pictures(os.path.join(args.people, person))
        dice.shuffle(photos)
        drawn[person] = photos[:args.train], photos[args.train:]
    strangers, nothing = pictures(args.strangers), pictures(args.no_face)
    dice.shuffle(strangers)
    dice.shuffle(nothing)
    drawn['unknown'] = strangers[:80] + nothing[:20], strangers[80:380]
    return drawn


def answers(kin, model, photos):
    """Of each photo with a face: the label of its largest face."""
    run = subprocess.run([kin, 'recognize', '-m', model, '--top', '1', '--json', '-q'] + photos, stdout=subprocess.PIPE, text=True)
    found = []
    for line in run.stdout.splitlines():
        faces = json.loads(line).get('faces', [])
        if faces:
            found.append(max(faces, key=lambda f: f['box'][2] - f['box'][0])['label'])
    return found


def one(args, base, seed, work):
    people = os.path.join(work, 'people')
    shutil.rmtree(people, ignore_errors=True)
    drawn = draw(args, seed)
    for name, (taught, _) in drawn.items():
        os.makedirs(os.path.join(people, name))
        for photo in taught:
            shutil.copy(photo, os.path.join(people, name))
    model = os.path.join(work, 'family.tflite')
    path, _, layer = base.partition('@')
    command = [args.kin, 'train', people, '-o', model, '-q', '--validation', '0', '--seed', str(seed)] + args.option
    command += (['--base', path] if path else []) + (['--at', layer] if layer else [])
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    named, asked = 0, 0
    for name, (_, unseen) in drawn.items():
        if name != 'unknown':
            said = answers(args.kin, model, unseen)
            named += said.count(name)
            asked += len(said)
    said = answers(args.kin, model, drawn['unknown'][1])
    return 100 * named / asked, 100 * said.count('unknown') / len(said)


def main():
    p = argparse.ArgumentParser()
    for name in ('kin', 'people', 'strangers', 'no_face'):
        p.add_argument(name)
    p.add_argument('--draws', type=int, default=20)
    p.add_argument('--train', type=int, default=20)
    p.add_argument('--base', action='append', default=[])
    p.add_argument('--option', action='append', default=[])
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as work:
        for base in args.base or ['recogniser=']:
            name, _, model = base.partition('=')
            rows = []
            for seed in range(1, args.draws + 1):
                rows.append(one(args, model, seed, work))
                print('  %s %2d: %5.1f %5.1f' % (name, seed, *rows[-1]), file=sys.stderr, flush=True)
            for what, column in (('named rightly', 0), ('strangers unknown', 1)):
                values = [r[column] for r in rows]
                print('%-24s %-18s mean %5.2f  sd %4.2f  least %5.1f  (%d draws)'
                      % (name, what, statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0, min(values), len(values)), flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# What --rotations auto and --small find: measure-turned.py [turned] [small] [--photos N] [--detector D]. Needs Pillow, numpy and
# $KIN_SHARED/data (default: ../shared/data). The figures stand in docs/accuracy.md.
#   turned  portraits and scenes, upright and turned by 90, 180, 270: faces found upright are found turned, in the same place, with
#           the same vector; what is found in upright photos and in pictures without a face must not become more
#   small   portraits shrunk to faces of 12 to 20 pixels in 12-megapixel scenes: recall and false finds, time, memory
import argparse
import importlib.util
import json
import os
import pathlib
import random
import re
import subprocess
import tarfile
import tempfile
import time

import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = pathlib.Path(os.environ.get('KIN_SHARED', ROOT.parent / 'shared')) / 'data'


def kin(verb, folder, *options):
    command = [ROOT / 'build' / 'kin', verb, '-q', '--json', *options, folder]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout.splitlines()
    return [json.loads(line)['faces'] for line in lines]


def iou(a, b):
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    common = max(0, w) * max(0, h)
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def turn_box(box, degrees, w, h):
    """Where a box of a picture of w x h stands when that is turned clockwise."""
    x0, y0, x1, y1 = box
    return {0: box, 90: [h - y1, x0, h - y0, x1], 180: [w - x1, h - y1, w - x0, h - y0], 270: [y0, w - x1, y1, w - x0]}[degrees]


def lost(before, after, degrees, sizes):
    """(faces before, those found again with the right turn, found with another, cosines, faces after that were not before)."""
    count = right = wrong = more = 0
    cosines = []
    for old, new, (w, h) in zip(before, after, sizes):
        for face in old:
            count += 1
            there = [f for f in new if iou(turn_box(face['box'], degrees, w, h), f['box']) > 0.5]
            good = [f for f in there if f.get('turned', 0) == degrees]
            right += bool(good)
            wrong += bool(there) and not good
            if good:
                cosines.append(float(np.dot(face['embedding'], good[0]['embedding'])))
        more += sum(all(iou(turn_box(face['box'], degrees, w, h), f['box']) <= 0.5 for face in old) for f in new)
    return count, right, wrong, cosines, more


def turned(options):
    tars = {'portraits (people.tar)': ('people.tar', ''), 'strangers (photos.tar)': ('photos.tar', 'photos/stranger/'),
            'scenes': ('photos.tar', 'photos/scene/'), 'no face': ('photos.tar', 'photos/no-face/')}
    for name, (tar, under) in tars.items():
        with tarfile.open(DATA / tar) as files:
            members = [m for m in files if m.isfile() and m.name.startswith(under)]
            random.Random(1).shuffle(members)
            pictures = [Image.open(files.extractfile(m)).convert('RGB') for m in members[:options.photos]]
        sizes = [p.size for p in pictures]
        upright = None
        for degrees in (0, 90, 180, 270):
            with tempfile.TemporaryDirectory() as folder:
                for i, picture in enumerate(pictures):
                    picture.rotate(-degrees, expand=True).save(f'{folder}/{i:05d}.png', compress_level=1)
                if not degrees:
                    upright = kin('embed', folder, *options.more)
                start = time.time()
                found = kin('embed', folder, '--rotations', 'auto', *options.more)
                took = time.time() - start
            count, right, wrong, cosines, more = lost(upright, found, degrees, sizes)
            q = np.percentile(cosines, [1, 5, 50]) if cosines else [np.nan] * 3
            print(f'{name}, {len(pictures)} photos turned by {degrees}: {right} of {count} faces ({100 * right / max(1, count):.1f} %), {wrong} taken for '
                  f'turned otherwise, {more} more; cosine 1 % {q[0]:.3f}, 5 % {q[1]:.3f}, median {q[2]:.3f}; {took:.0f} s', flush=True)


def scenes():
    spec = importlib.util.spec_from_file_location('make_scene', ROOT / 'scripts' / 'make-scene.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def small(options):
    module, draw = scenes(), np.random.default_rng(3)
    with tarfile.open(DATA / 'people.tar') as files, tempfile.TemporaryDirectory() as folder:
        members = [m for m in files if m.isfile()]
        random.Random(2).shuffle(members)
        for i, m in enumerate(members[:150]):
            Image.open(files.extractfile(m)).convert('RGB').save(f'{folder}/{i:05d}.png', compress_level=1)
        faces = kin('detect', folder, *options.more)
        portraits = [(Image.open(f'{folder}/{i:05d}.png').convert('RGB'), f[0]['box']) for i, f in enumerate(faces) if len(f) == 1]
    truth = []
    with tempfile.TemporaryDirectory() as folder:
        for k in range(options.scenes):
            canvas, boxes = module.background(4000, 3000, draw), []
            for place in draw.permutation(20 * 15)[:100]:
                picture, box = portraits[int(draw.integers(len(portraits)))]
                px = draw.uniform(12, 20)
                scale = px / max(box[2] - box[0], box[3] - box[1])
                size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
                x, y = int(place % 20 * 200 + draw.integers(0, 140)), int(place // 20 * 200 + draw.integers(0, 140))
                canvas.paste(picture.resize(size, Image.LANCZOS), (x, y), module.soft_edge(size))
                boxes.append([x + box[0] * scale, y + box[1] * scale, x + box[2] * scale, y + box[3] * scale])
            truth.append(boxes)
            canvas.save(f'{folder}/{k:02d}.jpg', quality=92, subsampling=0)
        for words in (['--min-face', '12'], ['--min-face', '8'], ['--small']):
            command = ['/usr/bin/time', '-f', '%e s, %M kB', ROOT / 'build' / 'kin', 'detect', '-q', '--json', '--threads', '1', *words,
                       *options.more, f'{folder}/00.jpg']
            said = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False).stderr
            found, false, hit = kin('detect', folder, *words, *options.more), 0, {}
            for boxes, finds in zip(truth, found):
                middle = [((f['box'][0] + f['box'][2]) / 2, (f['box'][1] + f['box'][3]) / 2) for f in finds]
                for b in boxes:
                    size = int(max(b[2] - b[0], b[3] - b[1]) // 2 * 2)
                    seen = any(b[0] < x < b[2] and b[1] < y < b[3] for x, y in middle)
                    hit.setdefault(size, []).append(seen)
                false += sum(not any(b[0] < x < b[2] and b[1] < y < b[3] for b in boxes) for x, y in middle)
            parts = ', '.join(f'{s}-{s + 2} px {100 * np.mean(v):.0f} %' for s, v in sorted(hit.items()) if len(v) > 5)
            every = [x for v in hit.values() for x in v]
            print(f'{" ".join(words)}: {100 * np.mean(every):.1f} % of {len(every)} faces ({parts}), {false} false finds in {len(truth)} scenes; one scene, one thread: '
                  f'{re.sub(chr(10), " ", said).strip()}', flush=True)


def main():
    parser = argparse.ArgumentParser(description='what --rotations auto and --small find')
    parser.add_argument('parts', nargs='*', default=['turned', 'small'])
    parser.add_argument('--photos', type=int, default=1000, help='of each kind, at most')
    parser.add_argument('--scenes', type=int, default=5)
    parser.add_argument('--detector')
    options = parser.parse_args()
    options.more = ['--detector', options.detector] if options.detector else []
    if 'turned' in options.parts:
        turned(options)
    if 'small' in options.parts:
        small(options)


if __name__ == '__main__':
    main()

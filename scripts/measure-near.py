#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# What KIN_NEAR_DUPLICATE (src/gallery/gallery.h) binds: measure-near.py PEOPLE [--photos N] [--sheet OUT.png]. Similarity of N
# photos to themselves saved again, scaled, cut ..., as two programs or two exports make it of one picture; of all pairs of one
# person's other photos; and of different people's. --sheet puts the most similar pairs of different people side by side: the
# data's labels are not clean. Needs Pillow. The figures stand in docs/accuracy.md.
import argparse
import pathlib
import random
import tempfile

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

import embeddings

LIMITS = (0.8, 0.85, 0.9)


def scaled(picture, by):
    return picture.resize((round(picture.width * by), round(picture.height * by)), Image.LANCZOS)


def cut(picture, part):
    x, y = round(picture.width * part), round(picture.height * part)
    return picture.crop((x, y, picture.width - x, picture.height - y))


CHANGES = {
    'as it is, PNG': (lambda p: p, 'png', {}),
    'JPEG, quality 75': (lambda p: p, 'jpg', {'quality': 75}),
    'JPEG, quality 40': (lambda p: p, 'jpg', {'quality': 40}),
    'scaled by 3/4': (lambda p: scaled(p, 0.75), 'png', {}),
    'scaled by 1/2': (lambda p: scaled(p, 0.5), 'png', {}),
    'scaled by 2': (lambda p: scaled(p, 2), 'png', {}),
    'cut by 8 % at each side': (lambda p: cut(p, 0.08), 'png', {}),
    'brighter by 1.4': (lambda p: ImageEnhance.Brightness(p).enhance(1.4), 'png', {}),
    'darker by 0.6': (lambda p: ImageEnhance.Brightness(p).enhance(0.6), 'png', {}),
    'grey': (lambda p: ImageOps.grayscale(p).convert('RGB'), 'png', {}),
    'turned by 5 degrees': (lambda p: p.rotate(5, Image.BICUBIC), 'png', {}),
    'mirrored': (ImageOps.mirror, 'png', {}),
}


def vectors_of(options, photos):
    """[photos, width]; NaN where no face was found."""
    found, _ = embeddings.embed_all(options, photos)
    width = next(len(v) for v in found.values() if v is not None)
    return np.array([np.full(width, np.nan) if found[p] is None else found[p] for p in photos])


def row(name, similarity, lost=''):
    q = np.percentile(similarity, [1, 5, 50])
    parts = ' | '.join(f'{100 * np.mean(similarity >= t):.{1 if t else 0}f}' for t in LIMITS)
    print(f'| {name} | {parts} | {q[0]:.3f} / {q[1]:.3f} / {q[2]:.3f} | {lost} |', flush=True)


def changed(options, photos, vectors):
    kept, options.cache = options.cache, None
    for name, (change, ending, words) in CHANGES.items():
        with tempfile.TemporaryDirectory() as folder:
            paths = [pathlib.Path(folder) / f'{i:05d}.{ending}' for i in range(len(photos))]
            for photo, path in zip(photos, paths):
                with Image.open(photo) as picture:
                    change(ImageOps.exif_transpose(picture).convert('RGB')).save(path, **words)
            other = vectors_of(options, paths)
        similarity = (vectors * other).sum(1)
        row(name, similarity[np.isfinite(similarity)], int(np.isnan(similarity).sum()))
    options.cache = kept


def sheet(path, photos, pairs, tile=180):
    out = Image.new('RGB', (2 * tile, tile * len(pairs)))
    for i, pair in enumerate(pairs):
        for k, index in enumerate(pair):
            with Image.open(photos[index]) as picture:
                out.paste(ImageOps.fit(picture.convert('RGB'), (tile, tile)), (k * tile, i * tile))
    out.save(path)


def main():
    parser = argparse.ArgumentParser(description='how similar photos are to themselves changed, to others of the person, to strangers')
    embeddings.add_arguments(parser)
    parser.add_argument('--photos', type=int, default=300, help='of different people, that are changed (default: %(default)s)')
    parser.add_argument('--sheet', help='a picture of the most similar pairs of different people')
    options = parser.parse_args()
    photos = sorted(pathlib.Path(options.people).glob('*/*.jpg'))
    vectors = vectors_of(options, photos)
    seen = np.isfinite(vectors[:, 0])
    photos, vectors = [p for p, s in zip(photos, seen) if s], vectors[seen]
    people = np.unique([p.parent.name for p in photos], return_inverse=True)[1]

    print('| photo | ' + ' | '.join(f'at least {t}, %' for t in LIMITS) + ' | similarity 1 % / 5 % / median | no face |')
    draw, drawn = random.Random(1), []
    for person in draw.sample(range(people.max() + 1), min(options.photos, people.max() + 1)):
        drawn.append(int(draw.choice(np.flatnonzero(people == person).tolist())))
    changed(options, [photos[i] for i in drawn], vectors[drawn])

    similarity = vectors @ vectors.T
    first, second = np.triu_indices(len(photos), 1)
    same = people[first] == people[second]
    row('another photo of the person', similarity[first[same], second[same]])
    first, second = first[~same], second[~same]
    others = similarity[first, second]
    print(f'{same.sum()} pairs of one person, {len(others)} of two; of these ' +
          ', '.join(f'{(others >= t).sum()} from {t} up' for t in (0.6, 0.7, *LIMITS)) + f', the greatest {others.max():.3f}')
    best = np.argsort(-others)[:20]
    for i in best:
        print(f'  {others[i]:.3f} {photos[first[i]].name} {photos[second[i]].name}')
    if options.sheet:
        sheet(options.sheet, photos, [(first[i], second[i]) for i in best])


if __name__ == '__main__':
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Measures a recogniser's impostor tail and writes it into its card: measure-tail.py PEOPLE --card models/cards/X.json.
# Every pair of photos of two different people of the even half (NNNNN / 20 even) is an impostor pair. The table's rows
# down to 1e-5 are quantiles of these; 1e-6 is read off a generalised Pareto distribution fitted to the top 0.1 %.
# CelebA's labels are not clean (one person under two names): photos whose likeness to another person is beyond doubt are
# listed, never left out of the table.
import argparse
import json
import math
import pathlib

import numpy as np

import embeddings

COUNTED = (0.5, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
FITTED = 1e-6
TAIL = 1e-3  # the part of the pairs that the fit is made on


def impostor_similarities(people, vectors):
    rows = [(name, vectors[p]) for name, photos in people.items() for p in photos if vectors[p] is not None]
    names = np.array([n for n, _ in rows])
    matrix = np.array([v for _, v in rows], np.float64)
    upper = np.triu(names[:, None] != names[None, :], 1)
    same = np.triu(names[:, None] == names[None, :], 1)
    all_pairs = matrix @ matrix.T
    return all_pairs[upper], all_pairs[same], names, all_pairs, upper


def pareto_fit(excess):
    """Generalised Pareto by maximum likelihood (Grimshaw's profile: one dimension, searched on a grid and refined).
    Returns shape and scale: P(X > x) = (1 + shape x / scale)^(-1 / shape)."""
    def likelihood(theta):  # theta = shape / scale
        shape = np.log1p(theta * excess).mean()
        if abs(shape) < 1e-12:
            return -math.log(excess.mean()) - 1
        return -math.log(shape / theta) - shape - 1

    low, high = -0.999 / excess.max(), 50 / excess.mean()
    grid = np.concatenate([np.linspace(low, 0, 400)[:-1], np.geomspace(1e-6, high, 400)])
    for _ in range(4):
        values = [likelihood(t) for t in grid]
        k = int(np.argmax(values))
        grid = np.linspace(grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)], 200)
        grid = grid[np.abs(grid) > 1e-9]
    theta = grid[int(np.argmax([likelihood(t) for t in grid]))]
    shape = np.log1p(theta * excess).mean()
    return shape, shape / theta


def measure(impostors):
    """[(far, similarity)], and the fit in words."""
    impostors = np.sort(impostors)
    table = [(far, float(np.quantile(impostors, 1 - far))) for far in COUNTED]
    start = float(np.quantile(impostors, 1 - TAIL))
    shape, scale = pareto_fit(impostors[impostors > start] - start)

    def at(far):
        return start + scale / shape * ((far / TAIL) ** -shape - 1)

    table.append((FITTED, float(at(FITTED))))
    fit = (f"1e-6: generalised Pareto fitted by maximum likelihood to the {(impostors > start).sum()} pairs above the "
           f"0.1 % quantile {start:.4f}: shape {shape:.3f}, scale {scale:.4f} (the fit gives {at(1e-5):.3f} at 1e-5, "
           f"counted {table[-2][1]:.3f}; greatest of all pairs {impostors[-1]:.3f})")
    return table, fit


def main():
    parser = argparse.ArgumentParser(description="impostor tail of a recogniser")
    embeddings.add_arguments(parser)
    parser.add_argument("--card", required=True, help="card to write the table into")
    parser.add_argument("--by", default="kin", help="who measured, in words for the card (default: kin)")
    options = parser.parse_args()
    people = embeddings.half_of(embeddings.list_people(options.people), odd=False)
    photos = [p for some in people.values() for p in some]
    vectors, without = embeddings.embed_all(options, photos)
    for p in without:  # a middle is no face
        vectors[p] = None
    impostors, genuine, names, similarity, upper = impostor_similarities(people, vectors)
    table, fit = measure(impostors)
    used = len(photos) - len(without)
    for far, value in table:
        print(f"FAR {far:g}: similarity {value:.4f}, TAR {100 * (genuine > value).mean():.1f} %")
    print(fit)
    print(f"{len(people)} people, {used} photos, {len(without)} without a face, {len(impostors)} impostor pairs, "
          f"{len(genuine)} genuine")
    kept = [p for some in people.values() for p in some if vectors[p] is not None]
    masked = np.where(upper, similarity, -1)
    for k in np.argsort(-masked, axis=None)[:8]:
        i, j = divmod(int(k), len(kept))
        print(f"most alike: {kept[i].stem} {kept[j].stem} {similarity[i, j]:.3f}")

    path = pathlib.Path(options.card)
    card = json.loads(path.read_text(encoding="utf-8"))
    card["thresholds"] = {
        "pairs": len(impostors),
        "measured_on": f"{used} photos of {len(people)} people of CelebA (identities divisible by 40), held out of "
                       f"the pilots' training; pilot detector, crop and mirror image; by {options.by}",
        "tail_fit": fit,
        "table": [{"far": far, "similarity": round(value, 4)} for far, value in table]}
    path.write_text(format_card(card), encoding="utf-8")


def format_card(card):
    """JSON as people write it: short lists on one line."""
    def text(value, depth):
        pad = "\n" + " " * (depth + 1)
        flat = json.dumps(value, ensure_ascii=False)
        if len(flat) + depth < 100 or not isinstance(value, (dict, list)):
            return flat
        if isinstance(value, list):
            return "[" + ",".join(pad + text(v, depth + 1) for v in value) + "\n" + " " * depth + "]"
        return "{" + ",".join(pad + json.dumps(k) + ": " + text(v, depth + 1) for k, v in value.items()) \
            + "\n" + " " * depth + "}"
    return text(card, 0) + "\n"


if __name__ == "__main__":
    main()

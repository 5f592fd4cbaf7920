#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# LFW's protocol by kin's vectors: evaluate-pairs.py PEOPLE [--pairs dev-pairs.txt]. Ten folds in file order, for each the
# threshold that is best on the other nine; accuracy, its standard error, TAR at FAR 1e-1, 1e-2, 1e-3, area under the
# curve. A photo without a face is different from every other, as `kin verify` has it; with --middle also what LFW's own
# rule gives, by which its middle is embedded. Works for LFW itself (pairs.txt and its folder).
import argparse
import math
import pathlib
import time

import numpy as np

import embeddings


def read_pairs(path):
    """[(name a, number a, name b, number b, same, fold)]"""
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    folds, half = (int(x) for x in lines[0].split())
    pairs = []
    for i, line in enumerate(lines[1:1 + folds * half * 2]):
        cells = line.split("\t")
        same = len(cells) == 3
        a, b = (cells[0], int(cells[1])), (cells[0 if same else 2], int(cells[2 if same else 3]))
        pairs.append((a, b, same, i // (2 * half)))
    return pairs


def best_threshold(similarity, same):
    """The threshold (accepted: above it) with most right answers, in the middle between its neighbours."""
    order = np.argsort(-similarity, kind="stable")
    right = np.concatenate([[0], np.cumsum(np.where(same[order], 1, -1))]) + (~same).sum()
    k = int(right.argmax())
    values = similarity[order]
    return (values[max(k - 1, 0)] + values[min(k, len(values) - 1)]) / 2


def answers(similarity, same, fold):
    """For each pair whether it is judged rightly: by the threshold that is best on the folds without it."""
    right = np.zeros(len(same), bool)
    for f in range(fold.max() + 1):
        threshold = best_threshold(similarity[fold != f], same[fold != f])
        right[fold == f] = (similarity[fold == f] > threshold) == same[fold == f]
    return right


def ten_folds(similarity, same, fold):
    """Accuracy and its standard error over the folds."""
    right = answers(similarity, same, fold)
    each = [right[fold == f].mean() for f in range(fold.max() + 1)]
    return np.mean(each), np.std(each, ddof=1) / math.sqrt(len(each))


def area_under_curve(similarity, same):
    order = np.argsort(similarity, kind="stable")
    rank = np.empty(len(order))
    rank[order] = np.arange(1, len(order) + 1)
    n, m = same.sum(), (~same).sum()
    return (rank[same].sum() - n * (n + 1) / 2) / (n * m)


def photo_of(folder, end):
    return folder / end[0] / f"{end[0]}_{end[1]:04d}.jpg"


def similarities(ends, vectors):
    """Of each pair of photos; as unlike as can be where one has no vector."""
    return np.array([-1.0 if vectors[a] is None or vectors[b] is None else float(vectors[a] @ vectors[b])
                     for a, b in ends])


def tell(similarity, same, fold):
    accuracy, error = ten_folds(similarity, same, fold)
    print(f"accuracy {100 * accuracy:.2f} % (standard error {100 * error:.2f})")
    for far in (1e-1, 1e-2, 1e-3):
        threshold = np.quantile(similarity[~same], 1 - far)
        print(f"TAR at FAR {far:g}: {100 * (similarity[same] > threshold).mean():.1f} % (similarity {threshold:.3f})")
    print(f"area under the curve {area_under_curve(similarity, same):.5f}")


def main():
    parser = argparse.ArgumentParser(description="LFW protocol")
    embeddings.add_arguments(parser)
    parser.add_argument("--pairs", default=embeddings.SHARED / "data" / "dev-pairs.txt")
    options = parser.parse_args()
    folder = pathlib.Path(options.people)
    pairs, start = read_pairs(options.pairs), time.time()
    ends = [(photo_of(folder, a), photo_of(folder, b)) for a, b, _, _ in pairs]
    same, fold = np.array([p[2] for p in pairs]), np.array([p[3] for p in pairs])
    photos = sorted({p for pair in ends for p in pair})
    vectors, without = embeddings.embed_all(options, photos)
    found = {p: None if p in set(without) else v for p, v in vectors.items()}
    tell(similarities(ends, found), same, fold)
    touched = sum(a in set(without) or b in set(without) for a, b in ends)
    print(f"{len(pairs)} pairs, {len(photos)} photos, {time.time() - start:.0f} s; {len(without)} photos without a face "
          f"({touched} pairs), different from every other")
    if without and any(vectors[p] is not None for p in without):
        print("with the middle of those photos embedded by --middle instead:")
        tell(similarities(ends, vectors), same, fold)


if __name__ == "__main__":
    main()

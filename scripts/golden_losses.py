# SPDX-License-Identifier: Apache-2.0
"""The cases of the loss ops for golden-ops.py: Keras' own losses where it has them; the papers' formulas over all pairs and
triplets, written with NumPy by brute force, where it has none."""
import itertools

import keras
import numpy as np

from golden_case import F, I, add, reset


def labels(rows, classes):
    return I(rows, low=0, high=classes - 1)


def cross_entropies():
    reset('sparse_cross_entropy')
    for rows, classes, smoothing, weighted in [(4, 3, 0, False), (7, 5, 0.1, False), (6, 2, 0, True), (5, 9, 0.2, True)]:
        x, y = F(rows, classes, low=-6, high=6), labels(rows, classes)
        weight = F(classes, low=0.2, high=3, const=True)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
        sample = weight.data[y.data] if weighted else None
        value = loss(np.eye(classes, dtype='float32')[y.data], x.data, sample_weight=sample)
        add('sparse_cross_entropy', 'smoothing=%g' % smoothing, [x, y] + ([weight] if weighted else []), [np.asarray(value)])
    reset('binary_cross_entropy')
    for shape in [(5,), (3, 4), (2, 3, 2)]:
        x, y = F(*shape, low=-30, high=30), F(*shape, low=0, high=1)
        add('binary_cross_entropy', '', [x, y], [np.asarray(keras.losses.BinaryCrossentropy(from_logits=True)(y.data, x.data))])


def distances():
    reset('mean_squared_error')
    for shape in [(5,), (3, 4), (2, 3, 2)]:
        x, y = F(*shape), F(*shape)
        add('mean_squared_error', '', [x, y], [np.asarray(keras.losses.MeanSquaredError()(y.data, x.data))])
    reset('cosine_distance')
    for shape in [(5,), (3, 4), (2, 3, 7)]:
        x, y = F(*shape), F(*shape)
        value = keras.losses.CosineSimilarity()(y.data, x.data)
        add('cosine_distance', '', [x, y], [np.asarray(1 + np.asarray(value), 'float32')])


def pairs_of(x):
    x = x.astype('float64')
    return np.sqrt(((x[:, None] - x[None]) ** 2).sum(-1))


def contrastive():
    reset('contrastive')
    for rows, width, margin, pairing in [(6, 3, 1, 'all'), (5, 4, 3, 'all'), (6, 3, 2, 'neighbours'), (7, 2, 4, 'neighbours')]:
        x, y = F(rows, width), labels(rows, 3)
        d = pairs_of(x.data)
        pairs = list(itertools.combinations(range(rows), 2))
        if pairing == 'neighbours':
            pairs = [(a, a + 1) for a in range(0, rows - 1, 2)]
        parts = [d[a, b] ** 2 if y.data[a] == y.data[b] else max(margin - d[a, b], 0) ** 2 for a, b in pairs]
        add('contrastive', 'margin=%g pairing=%s' % (margin, pairing), [x, y], [np.asarray(np.mean(parts), 'float32')])


def semi_hard(d, y, margin):
    parts = []
    for a, p in itertools.permutations(range(len(y)), 2):
        others = [d[a, n] for n in range(len(y)) if y[n] != y[a]]
        if y[a] != y[p] or not others:
            continue
        farther = [v for v in others if v > d[a, p]]
        parts.append(max(margin + d[a, p] - (min(farther) if farther else max(others)), 0))
    return np.mean(parts)


def batch_hard(d, y, margin):
    parts = []
    for a in range(len(y)):
        own = [d[a, b] for b in range(len(y)) if b != a and y[b] == y[a]]
        others = [d[a, b] for b in range(len(y)) if y[b] != y[a]]
        if own and others:
            parts.append(max(margin + max(own) - min(others), 0))
    return np.mean(parts)


def triplet():
    reset('triplet')
    for mine in (semi_hard, batch_hard):
        for rows, width, margin, squared in [(8, 3, 1, True), (9, 4, 0.2, False), (12, 2, 0.5, True)]:
            x, y = F(rows, width), labels(rows, 3)
            d = pairs_of(x.data) ** (2 if squared else 1)
            add('triplet', 'margin=%g mining=%s squared=%s' % (margin, mine.__name__, str(squared).lower()), [x, y],
                [np.asarray(mine(d, y.data, margin), 'float32')])


def angular_margin():
    reset('angular_margin')
    for rows, classes, angle, cosine, scale in [(4, 3, 0.5, 0, 64), (6, 5, 0, 0.35, 30), (5, 2, 0.3, 0.2, 1)]:
        x, y = F(rows, classes, low=-1, high=1), labels(rows, classes)
        x.data[0, y.data[0]] = -0.99  # beyond pi
        v = x.data.astype('float64')
        theta = np.arccos(v)
        own = np.where(theta + angle > np.pi, v - np.sin(np.pi - angle) * angle, np.cos(theta + angle)) - cosine
        out = scale * np.where(np.arange(classes)[None] == y.data[:, None], own, v)
        add('angular_margin', 'angle=%g cosine=%g scale=%g' % (angle, cosine, scale), [x, y], [out.astype('float32')])


def losses():
    cross_entropies()
    distances()
    contrastive()
    triplet()
    angular_margin()

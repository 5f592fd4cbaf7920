#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# How a person's similarity is best made from those of their faces (docs/accuracy.md): for each way, TPIR at a measured
# FPIR of 1 % on galleries of one half of people.tar, its difference to the best face's with a 95 % interval (people
# resampled, enrolled and strangers), FPIR and TPIR at kin's own threshold. --alike: the gallery is somebody and the people most
# like them, the strangers are the next 30.
import argparse
import json
import pathlib

import numpy as np

import embeddings

BOOTSTRAPS = 200
STRANGERS_ALIKE = 30


def ways(faces, query):
    """{way: similarity of each query to one person with these faces}."""
    each = np.sort(query @ faces.T, 1)[:, ::-1]
    mean = query @ (faces.sum(0) / np.linalg.norm(faces.sum(0)))
    return {"best face": each[:, 0], "mean of best two": each[:, :2].mean(1), "mean vector": mean,
            "best face or mean vector": np.maximum(each[:, 0], mean)}


def without_others(table):
    """The best person's similarity less the mean of the others', or half of that; queries x people."""
    best = table.max(1)
    others = (table.sum(1) - best) / (table.shape[1] - 1)
    return {"... less half the others' mean": best - 0.5 * others, "... less the others' mean": best - others}


def choose(names, centres, size, draw, alike):
    if not alike:
        return sorted(draw.choice(names, size, replace=False)), None
    order = np.argsort(-(centres @ centres[draw.integers(len(names))]))
    return [names[i] for i in order[:size]], [names[i] for i in order[size:size + STRANGERS_ALIKE]]


def one_draw(vectors, able, centres, options, size, number, table):
    draw = np.random.default_rng([options.seed, size, number])
    chosen, strangers = choose(able, centres, size, draw, options.alike)
    enrolled = {n: set(draw.choice(len(vectors[n]), options.photos, replace=False).tolist()) for n in chosen}
    everybody = sorted(vectors) if strangers is None else chosen + strangers
    asked = [(n, v) for n in everybody for i, v in enumerate(vectors[n]) if i not in enrolled.get(n, ())]
    query = np.array([v for _, v in asked])
    person = np.array([n for n, _ in asked])
    faces = [np.array([vectors[n][i] for i in sorted(enrolled[n])]) for n in chosen]
    each = [ways(f, query) for f in faces]
    tables = {way: np.stack([e[way] for e in each], 1) for way in each[0]}
    known = np.isin(person, chosen)
    answers = {way: (t.max(1), np.array(chosen)[t.argmax(1)] == person) for way, t in tables.items()}
    last = tables["best face or mean vector"]
    answers.update((way, (s, np.array(chosen)[last.argmax(1)] == person)) for way, s in without_others(last).items())
    return answers, known, person, open_set.threshold_of(table, faces, 0.01)


def tpir(similarity, right, known, weight):
    """Right names among the known at the similarity that 1 % of the strangers reach."""
    order = np.argsort(similarity[~known])
    share = np.cumsum(weight[~known][order])
    at = similarity[~known][order][min(np.searchsorted(share, 0.99 * share[-1]), len(order) - 1)]
    return weight[known] @ (right & (similarity >= at))[known], weight[known].sum()


def compare(vectors, able, centres, options, size, table):
    draws = [one_draw(vectors, able, centres, options, size, d, table) for d in range(options.draws)]
    everybody = {n: i for i, n in enumerate(sorted(vectors))}
    random, rates = np.random.default_rng(options.seed), {way: [] for way in draws[0][0]}
    for b in range(BOOTSTRAPS + 1):
        times = np.ones(len(everybody))
        if b:
            times = np.bincount(random.integers(0, len(everybody), len(everybody)), minlength=len(everybody)).astype(float)
        for way, each in rates.items():
            pairs = []
            for answers, known, person, _ in draws:
                weight = times[[everybody[n] for n in person]]
                if weight[known].sum() and weight[~known].sum():
                    pairs.append(tpir(*answers[way], known, weight))
            each.append(100 * np.sum([p for p, _ in pairs]) / np.sum([w for _, w in pairs]))
    print(f"{size} people, {options.photos} photos each, {options.draws} draws; mean threshold of kin "
          f"{np.mean([d[3] for d in draws]):.3f}")
    for way, each in rates.items():
        gain = np.array(each) - rates["best face"]
        low, high = np.percentile(gain[1:], [2.5, 97.5])
        named = np.mean([np.mean(answers[way][0][~known] >= t) for answers, known, _, t in draws])
        right = np.sum([np.sum((answers[way][0] >= t) & answers[way][1] & known) for answers, known, _, t in draws])
        print(f"  {way:30} TPIR {each[0]:5.2f} ({gain[0]:+.2f}, {low:+.2f} to {high:+.2f}); at kin's threshold FPIR "
              f"{100 * named:.2f}, TPIR {100 * right / np.sum([d[1].sum() for d in draws]):.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description="ways to make a person's similarity, compared")
    embeddings.add_arguments(parser)
    parser.add_argument("--card", default=embeddings.ROOT / "models" / "cards" / "recogniser.json")
    parser.add_argument("--sizes", default="5,50,100")
    parser.add_argument("--photos", type=int, default=3, help="enrolled a person (default: %(default)s)")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--even", action="store_true", help="the half that the cards' tails were measured on")
    parser.add_argument("--alike", action="store_true", help="galleries and strangers of people who look alike")
    options = parser.parse_args()
    people = embeddings.half_of(embeddings.list_people(options.people), odd=not options.even)
    found, _ = embeddings.embed_all(options, [p for some in people.values() for p in some])
    vectors = {n: [found[p] for p in some if found[p] is not None] for n, some in people.items()}
    able = [n for n, some in vectors.items() if len(some) > options.photos]
    centres = np.array([np.sum(vectors[n], 0) / np.linalg.norm(np.sum(vectors[n], 0)) for n in able])
    table = json.loads(pathlib.Path(options.card).read_text(encoding="utf-8"))["thresholds"]["table"]
    for size in map(int, options.sizes.split(",")):
        compare(vectors, able, centres, options, size, table)


open_set = __import__("open-set")
if __name__ == "__main__":
    main()

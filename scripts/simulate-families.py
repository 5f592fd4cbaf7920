#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Simulated families (docs/accuracy.md, "Families"): people of people.tar who look most alike are made relatives, and photos
# of several of them are made of their faces, strangers among them who resemble the family too. Counted are right and wrong names,
# unknowns and "A or B?" under each rule of src/gallery/photo.c, which is written once more below with plain trials in place of
# the assignment's algorithm. --sweep: for several margins. Vectors come from `kin embed`.
import argparse
import json
import pathlib

import numpy as np

import embeddings

open_set = __import__("open-set")
ENROLLED = 3   # photos a person
MEMBERS = 5    # of a family: two who are most alike of all who are left, and the three most like both
OUTSIDERS = 3  # relatives who are not enrolled: the next most like the family
MARGIN = open_set.MARGIN
LISTED = 8     # people whom a face may be, KIN_CANDIDATES_MAX
RULES = {"threshold only": (False, False), "margin": (True, False), "once in a photo": (False, True), "both": (True, True)}


def make_families(vectors, count):
    """[(members, outsiders)]: disjoint, by the likeness of people's means."""
    names = sorted(n for n, v in vectors.items() if len(v) > ENROLLED)
    centre = np.array([np.sum(vectors[n], 0) / np.linalg.norm(np.sum(vectors[n], 0)) for n in names])
    alike = centre @ centre.T - 2 * np.eye(len(names))
    left, families = np.ones(len(names), bool), []
    for _ in range(count):
        pairs = np.where(left[:, None] & left[None, :], alike, -9)
        group = list(np.unravel_index(pairs.argmax(), pairs.shape))
        while len(group) < MEMBERS + OUTSIDERS:
            near = np.where(left, alike[:, group].mean(1), -9)
            near[group] = -9
            group.append(int(near.argmax()))
        left[group] = False
        families.append(([names[i] for i in group[:MEMBERS]], [names[i] for i in group[MEMBERS:]]))
    return families


def make_photos(members, outsiders, vectors, draw):
    """The enrolled vectors a member, and photos as [(person, vector)]: every other photo of a member is seen once,
    together with others of the family; every other photo has an outsider too."""
    enrolled, rest = [], {}
    for n in members:
        order = draw.permutation(len(vectors[n]))
        enrolled.append(np.array([vectors[n][i] for i in order[:ENROLLED]]))
        rest[n] = [vectors[n][i] for i in order[ENROLLED:]][:8]
    strangers = [(n, v) for n in outsiders for v in vectors[n]]
    photos = []
    while any(rest.values()):
        there = [n for n in members if rest[n]]
        some = draw.permutation(there)[:draw.integers(2, MEMBERS + 1)]
        photo = [(str(n), rest[n].pop()) for n in some]
        if len(photos) % 2:
            photo.append(strangers[draw.integers(len(strangers))])
        photos.append(photo)
    return enrolled, photos


def best_total(options, taken=frozenset(), at=0, forced=None):
    """The largest sum of options[face][person] with each person at most once; `forced`: (face, person)."""
    if at == len(options):
        return 0.0
    if forced and forced[0] == at:
        return options[at][forced[1]] + best_total(options, taken | {forced[1]}, at + 1, forced)
    best = best_total(options, taken, at + 1, forced)
    for person, weight in options[at].items():
        if person not in taken and not (forced and forced[1] == person) and weight > 0:
            best = max(best, weight + best_total(options, taken | {person}, at + 1, forced))
    return best


def answer(similarity, threshold, margin, once):
    """[(names that it may be, whether somebody else has its best)] a face; one name: that is the answer."""
    listed = []
    for row in similarity:
        near = [p for p in np.argsort(-row)[:LISTED] if row.max() >= threshold and row[p] > row.max() - max(margin, 1e-9)]
        listed.append({int(p): float(row[p] - threshold) for p in near})
    if not once:
        return [(list(own), False) for own in listed]
    best, may = best_total(listed), []
    regret = [{p: best - best_total(listed, forced=(i, p)) for p in own} for i, own in enumerate(listed)]
    for i, own in enumerate(regret):
        may.append([p for p in sorted(own, key=lambda p: -listed[i][p]) if own[p] < max(margin, 1e-9)])
    answers = []
    for i, own in enumerate(may):
        contested = len(own) == 1 and margin > 0 and any(own[0] in other for k, other in enumerate(may) if k != i)
        answers.append((own * 2 if contested else own, bool(listed[i]) and not own))
    return answers


def judge(families, vectors, table, margin, draws, seed):
    counts = {rule: dict.fromkeys(("right", "wrong", "stranger named", "unknown", "asked", "asked, right among them"), 0)
              for rule in RULES}
    faces = outsiders_seen = photos_seen = 0
    for number, (members, outsiders) in enumerate(families):
        for d in range(draws):
            draw = np.random.default_rng([seed, number, d])
            enrolled, photos = make_photos(members, outsiders, vectors, draw)
            threshold = open_set.threshold_of(table, enrolled, 0.01)
            for photo in photos:
                photos_seen += 1
                query = np.array([v for _, v in photo])
                similarity = np.stack([np.maximum((query @ e.T).max(1), query @ (e.sum(0) / np.linalg.norm(e.sum(0))))
                                       for e in enrolled], 1)
                truth = [members.index(n) if n in members else None for n, _ in photo]
                faces += sum(t is not None for t in truth)
                outsiders_seen += sum(t is None for t in truth)
                for rule, (with_margin, once) in RULES.items():
                    got = answer(similarity, threshold, margin if with_margin else 0.0, once)
                    for t, (may, _) in zip(truth, got):
                        c = counts[rule]
                        if not may:
                            c["unknown"] += t is not None
                        elif len(may) > 1:
                            c["asked"] += 1
                            c["asked, right among them"] += t in may
                        elif t is None:
                            c["stranger named"] += 1
                        else:
                            c["right" if may[0] == t else "wrong"] += 1
    return counts, faces, outsiders_seen, photos_seen


def main():
    parser = argparse.ArgumentParser(description="wrong names in simulated families, rule by rule")
    embeddings.add_arguments(parser)
    parser.add_argument("--card", default=embeddings.ROOT / "models" / "cards" / "recogniser.json")
    parser.add_argument("--families", type=int, default=20)
    parser.add_argument("--draws", type=int, default=30, help="times that each family's photos are drawn (default: %(default)s)")
    parser.add_argument("--sweep", help="margins, with commas (default: kin's own)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    people = embeddings.list_people(options.people)
    table = json.loads(pathlib.Path(options.card).read_text(encoding="utf-8"))["thresholds"]["table"]
    found, without = embeddings.embed_all(options, [p for some in people.values() for p in some])
    for odd in (False, True):
        vectors = {n: [found[p] for p in some if p not in set(without)] for n, some in embeddings.half_of(people, odd).items()}
        families = make_families(vectors, options.families)
        for margin in [float(m) for m in options.sweep.split(",")] if options.sweep else [MARGIN]:
            counts, faces, strangers, photos = judge(families, vectors, table, margin, options.draws, options.seed)
            print(f"{'odd' if odd else 'even'} half, margin {margin:g}: {len(families)} families, {photos} photos, {faces} faces "
                  f"of members, {strangers} of outsiders")
            print(f"{'rule':16}" + "".join(f"{k:>26}" for k in next(iter(counts.values()))))
            for rule, c in counts.items():
                print(f"{rule:16}" + "".join(f"{v:26}" for v in c.values()))


if __name__ == "__main__":
    main()

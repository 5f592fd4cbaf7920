#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Open-set identification at the default setting: some people of the odd half of people.tar are enrolled with 3 photos
# each, all others are strangers. FPIR: part of stranger photos that get a name; TPIR: part of the enrolled people's other
# photos that get the right one. Vectors come from `kin embed`, the decision is that of src/gallery/decide.c and photo.c;
# --through KIN does one draw by real `kin enroll` and `kin identify` and says where the two differ.
import argparse
import json
import math
import pathlib
import subprocess
import tempfile

import numpy as np

import embeddings

ENROLLED = 3   # photos a person
MARGIN = 0.05  # KIN_MARGIN: two people who are closer are not told apart


def far_for(fpir, compared):
    """FPIR = 1 - (1 - FAR)^n, n comparisons: faces, and a mean for each person with several."""
    return -math.expm1(math.log1p(-fpir) / max(compared, 1))


def similarity_at(table, far):
    """Linear in log10 FAR between the card's rows; beyond the last one the steeper of the last two slopes."""
    rows = [(math.log10(r["far"]), r["similarity"]) for r in table]
    if far >= table[0]["far"]:
        return rows[0][1]
    slopes = [(b[1] - a[1]) / (a[0] - b[0]) for a, b in zip(rows, rows[1:])]
    at = math.log10(far)
    if at < rows[-1][0]:
        return min(1.0, rows[-1][1] + max(slopes[-2:]) * (rows[-1][0] - at))
    k = next(i for i in range(len(slopes)) if at >= rows[i + 1][0])
    return rows[k][1] + slopes[k] * (rows[k][0] - at)


def excess(table, faces):
    """How much more alike the people are than strangers of the card, beyond chance (decide.c); faces: a list a person."""
    if len(faces) < 2:
        return 0
    sums, counts = np.array([np.sum(f, 0) for f in faces]), np.array([len(f) for f in faces])
    alike = ((sums.sum(0) ** 2).sum() - (sums ** 2).sum()) / (counts.sum() ** 2 - (counts ** 2).sum())
    median = similarity_at(table, 0.5)
    deviation = (similarity_at(table, 0.1) - median) / 1.2816
    return max(0.0, alike - median - deviation / math.sqrt(len(faces) * (len(faces) - 1) / 2))


def threshold_of(table, faces, fpir):
    """kin's threshold for a gallery with these vectors, a list a person."""
    compared = sum(len(f) + (len(f) > 1) for f in faces)
    return min(1.0, similarity_at(table, far_for(fpir, compared)) + 0.5 * excess(table, faces))


def draw_gallery(people, size, draw):
    """{name: 3 photos} of people who have one more to be recognised on."""
    able = [n for n, photos in people.items() if len(photos) > ENROLLED]
    chosen = sorted(str(n) for n in draw.choice(able, size, replace=False))
    return {n: sorted(draw.choice(np.array(people[n], object), ENROLLED, replace=False)) for n in chosen}


def name_of(vector, rows, names, threshold):
    """The person of the most similar enrolled face or mean, or None; None too where another one is as near."""
    if vector is None:
        return None
    similarity = rows @ vector
    best = int(similarity.argmax())
    others = similarity[np.array(names) != names[best]]
    sure = not len(others) or similarity[best] - others.max() >= MARGIN
    return names[best] if similarity[best] >= threshold and sure else None


def one_draw(people, vectors, gallery, table, fpir):
    faces = {n: [vectors[p] for p in photos if vectors[p] is not None] for n, photos in gallery.items()}
    faces = {n: own for n, own in faces.items() if own}
    rows = [(n, v) for n, own in faces.items() for v in own]
    rows += [(n, np.sum(own, 0) / np.linalg.norm(np.sum(own, 0))) for n, own in faces.items() if len(own) > 1]
    threshold = threshold_of(table, list(faces.values()), fpir)
    names, matrix = [n for n, _ in rows], np.array([v for _, v in rows])
    answer = {}
    for name, photos in people.items():
        for p in photos:
            if p not in gallery.get(name, []):
                answer[p] = (name, name_of(vectors[p], matrix, names, threshold))
    return answer, threshold


def count(answer, gallery):
    strangers = [got for name, got in answer.values() if name not in gallery]
    known = [(name, got) for name, got in answer.values() if name in gallery]
    return {"strangers": len(strangers), "named": sum(g is not None for g in strangers), "known": len(known),
            "right": sum(n == g for n, g in known), "wrong": sum(g is not None and g != n for n, g in known)}


def wilson(hits, n, z=1.96):
    """95 % binomial interval (Wilson 1927)."""
    p, d = hits / n, 1 + z * z / n
    middle, half = (p + z * z / 2 / n) / d, z / d * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def describe(word, hits, totals):
    """Mean over the draws; the interval is that of one draw's photos (draws share photos, so pooling would flatter)."""
    rate, n = sum(hits) / sum(totals), round(sum(totals) / len(totals))
    low, high = wilson(rate * n, n)
    each = [h / t for h, t in zip(hits, totals)]
    return (f"{word} {100 * rate:.2f} % (95 % binomial, {n} photos a draw: {100 * low:.2f}-{100 * high:.2f}; draws "
            f"{100 * min(each):.2f}-{100 * max(each):.2f})")


def through_kin(kin, people, gallery, model):
    """{photo: name} by the real command for the photos that are not enrolled; and how many were enrolled."""
    extra = ["-m", model] if model else []
    with tempfile.TemporaryDirectory() as folder:
        book = ["-g", str(pathlib.Path(folder) / "gallery.db"), *extra]
        for name, photos in gallery.items():
            run = subprocess.run([kin, "enroll", name, *map(str, photos), *book], capture_output=True, check=False)
            if run.returncode not in (0, 1):
                raise SystemExit(f"kin enroll {name}: exit status {run.returncode}: {run.stderr.decode()}")
        photos = [p for name, some in people.items() for p in some if p not in gallery.get(name, [])]
        named, threshold = {}, None
        for photo, record in zip(photos, embeddings.records(" ".join([kin, "identify", "--json", *book]), photos)):
            named[photo] = None
            if record["faces"]:
                face = record["faces"][embeddings.nearest_the_middle(record["faces"], record["width"],
                                                                     record["height"])]
                named[photo], threshold = face["name"], face["threshold"]
    return named, threshold


def main():
    parser = argparse.ArgumentParser(description="open-set identification: FPIR and TPIR")
    embeddings.add_arguments(parser)
    parser.add_argument("--card", default=embeddings.ROOT / "models" / "cards" / "recogniser.json")
    parser.add_argument("--sizes", default="5,50,100", help="people enrolled (default: %(default)s)")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--fpir", type=float, default=0.01, help="the setting (default: %(default)s, kin's own)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--through", metavar="KIN", help="also do the first draw of the first size by this command")
    parser.add_argument("-m", "--model", help="recogniser for --through")
    options = parser.parse_args()
    people = embeddings.half_of(embeddings.list_people(options.people), odd=True)
    table = json.loads(pathlib.Path(options.card).read_text(encoding="utf-8"))["thresholds"]["table"]
    vectors, without = embeddings.embed_all(options, [p for some in people.values() for p in some])
    for p in without:
        vectors[p] = None
    print(f"{len(people)} people, {len(vectors)} photos, {len(without)} without a face; {options.draws} draws, "
          f"{ENROLLED} photos a person, setting {options.fpir:g}")
    for k, size in enumerate(int(s) for s in options.sizes.split(",")):
        counts = []
        for d in range(options.draws):
            gallery = draw_gallery(people, size, np.random.default_rng([options.seed, size, d]))
            answer, threshold = one_draw(people, vectors, gallery, table, options.fpir)
            counts.append(count(answer, gallery))
            if options.through and k == 0 and d == 0:
                named, told = through_kin(options.through, people, gallery, options.model)
                result = count({p: (answer[p][0], named[p]) for p in answer}, gallery)
                unlike = [p for p in answer if named[p] != answer[p][1]]
                print(f"{size} people by kin enroll and kin identify: FPIR {result['named']} of {result['strangers']}, "
                      f"TPIR {result['right']} of {result['known']}, threshold {told} (recomputed {threshold:.3f}); "
                      f"{len(unlike)} of {len(answer)} answers differ from the recomputed ones")
                for p in unlike[:10]:
                    print(f"  {p.name}: kin {named[p]}, recomputed {answer[p][1]}")
        print(f"{size} people, threshold {threshold:.3f}: "
              + describe("FPIR", [c["named"] for c in counts], [c["strangers"] for c in counts]) + "; "
              + describe("TPIR", [c["right"] for c in counts], [c["known"] for c in counts])
              + f"; wrong name {sum(c['wrong'] for c in counts)} of {sum(c['known'] for c in counts)}")


if __name__ == "__main__":
    main()

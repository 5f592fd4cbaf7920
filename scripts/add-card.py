#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Puts a card (a JSON file, see models/README.md) into any .tflite:  add-card.py MODEL CARD.json OUT [LABELS.txt]
# The network is left as it is; LABELS.txt has a classifier's labels, one a line, for the card. With MODEL alone: prints the
# card that is inside.
import json
import pathlib
import sys

import tflite_file

REQUIRED = ("card", "name", "version", "kind", "input", "output", "licence")


def load_card(path):
    """The card, checked for what every reader relies on."""
    card = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    for field in REQUIRED:
        if field not in card:
            raise SystemExit(f"{path}: field '{field}' is missing")
    if card["card"] != 1:
        raise SystemExit(f"{path}: card version {card['card']}, expected 1")
    table = card.get("thresholds", {}).get("table", [])
    for a, b in zip(table, table[1:]):
        if not (a["far"] > b["far"] and a["similarity"] < b["similarity"]):
            raise SystemExit(f"{path}: thresholds.table must fall in far and rise in similarity")
    return card


def put_card(model, card):
    """Card and, where its schema is at hand, TFLite's official metadata. Says whether the latter is in."""
    graph = model.subgraphs[0]
    names = [[graph.tensors[int(i)].name for i in ends] for ends in (graph.inputs, graph.outputs)]
    names = [[n.decode() if isinstance(n, bytes) else n for n in ends] for ends in names]
    official = tflite_file.official_metadata(card, *names)
    if official is not None:
        tflite_file.set_metadata(model, "TFLITE_METADATA", official)
    text = json.dumps(card, ensure_ascii=False, separators=(",", ":"))
    tflite_file.set_metadata(model, "KIN_CARD", text.encode("utf-8"))
    return official is not None


def main():
    if len(sys.argv) == 2:
        card = tflite_file.get_metadata(tflite_file.read(sys.argv[1]), "KIN_CARD")
        if card is None:
            raise SystemExit(f"{sys.argv[1]}: no card inside")
        print(json.dumps(json.loads(card), ensure_ascii=False, indent=1))
        return
    if len(sys.argv) not in (4, 5):
        raise SystemExit("usage: add-card.py MODEL CARD.json OUT [LABELS.txt]   or   add-card.py MODEL")
    model, card = tflite_file.read(sys.argv[1]), load_card(sys.argv[2])
    if len(sys.argv) == 5:
        card["labels"] = pathlib.Path(sys.argv[4]).read_text(encoding="utf-8").removesuffix("\n").split("\n")
    official = put_card(model, card)
    pathlib.Path(sys.argv[3]).write_bytes(tflite_file.pack(model))
    print(f"{sys.argv[3]}: card in" + ("" if official else "; no TFLITE_METADATA (package tflite-support is missing)"))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Contrastive, triplet and ArcFace training from random weights: `kin train` beside the same recipe in PyTorch. One small
network, the same pictures, the same first weights, batches made alike, three seeds; then LFW's protocol on other people.

usage: scratch-beside-torch.py prepare WORK --faces FACES       networks and pictures
       scratch-beside-torch.py torch WORK                        (needs torch, numpy, pillow; a GPU if there is one)
       scratch-beside-torch.py kin WORK [--kin KIN]
       scratch-beside-torch.py compare WORK --people PEOPLE --pairs PAIRS     the table, by `kin evaluate --pairs`
FACES: the unpacked train-faces/, PEOPLE: people/. Steps may run on different machines: torch reads course.npz and faces.png of
WORK and writes torch.npz. --only LOSS, --seeds N, --epochs N run less.
"""
import argparse
import json
import math
import pathlib
import re
import subprocess
import time

import numpy as np

SIDE, WIDTH = 48, 128            # of the picture; of the embedding
BATCH, PHOTOS = 64, 4            # photos of a person in a batch, for contrastive and triplet (kin's own)
RATE, DECAY, WARMUP, EPOCHS = 2e-3, 0.05, 0.05, 20
TURN, SHIFT, ZOOM, LIGHT = 10, 0.04, 0.08, 0.2
RECIPE = f"flip rotation={TURN} translation={SHIFT} zoom={ZOOM} brightness={LIGHT}"
FAR_ENOUGH, NEARER, ANGLE, SCALE = 1, 0.2, 0.3, 16
LOSSES = {"contrastive": f"contrastive margin={FAR_ENOUGH}",
          "triplet": f"triplet margin={NEARER}",  # semi-hard
          "arcface": f"arcface angle={ANGLE} scale={SCALE}"}
CARD = {"card": 1, "name": "a small network from scratch", "version": "1", "kind": "embedder", "licence": "Apache-2.0",
        "input": {"width": SIDE, "height": SIDE, "channels": "RGB", "mean": [127.5] * 3, "scale": [127.5] * 3,
                  "resize": "antialias", "align": "five-points"},
        "output": {"decode": "embedding", "normalise": True, "mirror": True}}


# --- prepare ---

def network(seed):
    """A plain residual network without norms (a .tflite has none that train): 0.34 M weights. He et al. 2015 for kernels;
    biases and slopes differ a little from the start, since TensorFlow's converter makes equal constants one."""
    import keras
    keras.utils.set_random_seed(seed)
    layers, nearly = keras.layers, keras.initializers.RandomNormal

    def conv(x, filters, stride=1, gain=1.0):
        deviation = keras.initializers.VarianceScaling(gain * 2 / (1 + 0.25 ** 2), "fan_in", "untruncated_normal")
        x = layers.Conv2D(filters, 3, stride, "same", kernel_initializer=deviation, bias_initializer=nearly(0, 0.01))(x)
        return layers.PReLU(shared_axes=[1, 2], alpha_initializer=nearly(0.25, 0.01))(x)

    start = x = keras.Input((SIDE, SIDE, 3), batch_size=1)
    for filters, blocks in ((16, 0), (32, 1), (64, 1), (128, 0)):
        x = conv(x, filters, 2)
        for _ in range(blocks):
            x = layers.Add()([conv(conv(x, filters), filters, gain=0.1), x])
    return keras.Model(start, layers.Dense(WIDTH)(layers.Flatten()(x)))


def program_of(model):
    """A .tflite model as torch is to run it: its operations, and its constants by tensor number."""
    import tflite_file
    codes = {v: k for k, v in vars(tflite_file.schema.BuiltinOperator).items() if not k.startswith("_")}
    graph, steps, arrays = model.subgraphs[0], [], {}
    for op in graph.operators:
        step = {"op": codes[model.operatorCodes[op.opcodeIndex].builtinCode], "out": int(op.outputs[0])}
        step["in"] = [int(i) for i in op.inputs]
        if getattr(op.builtinOptions, "fusedActivationFunction", 0):
            raise SystemExit(f"{step['op']}: a fused activation")
        step["stride"] = getattr(op.builtinOptions, "strideH", 1)
        steps.append(step)
        for i in step["in"]:
            value = tflite_file.constant(model, graph.tensors[i])
            if value is not None and value.dtype == np.float32:
                arrays[i] = value
    return {"input": int(graph.inputs[0]), "output": int(graph.outputs[0]), "steps": steps}, arrays


def crop_faces(faces, work):
    """The training pictures: the 112 x 112 at (8, 8) of each canvas, made small; as files for kin, below one another in one
    for torch. Returns the labels."""
    from PIL import Image
    pictures, labels = [], []
    for label, person in enumerate(sorted(p for p in faces.iterdir() if p.is_dir())):
        (work / "faces" / person.name).mkdir(parents=True, exist_ok=True)
        for photo in sorted(person.iterdir()):
            with Image.open(photo) as image:
                small = image.convert("RGB").crop((8, 8, 120, 120)).resize((SIDE, SIDE), Image.BILINEAR)
            small.save(work / "faces" / person.name / (photo.stem + ".png"))
            pictures.append(np.asarray(small))
            labels.append(label)
    Image.fromarray(np.concatenate(pictures)).save(work / "faces.png")
    return np.array(labels, np.int32)


def prepare(args):
    import tensorflow as tf
    import tflite_file
    from reference import TEMPLATE
    args.work.mkdir(parents=True, exist_ok=True)
    CARD["input"]["template"] = (TEMPLATE * SIDE / 112).tolist()
    labels = crop_faces(args.faces, args.work)
    course = {"labels": labels}
    for seed in range(1, args.seeds + 1):
        data = tf.lite.TFLiteConverter.from_keras_model(network(seed)).convert()
        path = args.work / f"base-{seed}.tflite"
        path.write_bytes(data)
        model = tflite_file.read(path)
        tflite_file.set_metadata(model, "KIN_CARD", json.dumps(CARD).encode())
        path.write_bytes(tflite_file.pack(model))
        program, arrays = program_of(tflite_file.read(path))
        course[f"{seed}/program"] = json.dumps(program)
        course.update({f"{seed}/{i}": a for i, a in arrays.items()})
    np.savez_compressed(args.work / "course.npz", **course)
    print(f"{len(labels)} pictures of {labels.max() + 1} people, {sum(a.size for a in arrays.values())} weights")


# --- in PyTorch ---

def forward(program, weights, x):
    """x [n, 3, h, w]; the embedding as it comes. TensorFlow's padding "same": what is odd comes behind."""
    import torch.nn.functional as F
    value = {program["input"]: x}
    for step in program["steps"]:
        of = [value[i] if i in value else weights.get(i) for i in step["in"]]
        if step["op"] == "CONV_2D":
            s, side = step["stride"], of[0].shape[-1]
            pad = max((math.ceil(side / s) - 1) * s + of[1].shape[1] - side, 0)
            y = F.conv2d(F.pad(of[0], (pad // 2, pad - pad // 2) * 2), of[1].permute(0, 3, 1, 2), of[2], s)
        elif step["op"] == "PRELU":
            y = F.prelu(of[0], of[1].reshape(-1))
        elif step["op"] == "ADD":
            y = of[0] + of[1]
        elif step["op"] == "RESHAPE":
            y = of[0].permute(0, 2, 3, 1).flatten(1)
        elif step["op"] == "FULLY_CONNECTED":
            y = F.linear(*of)
        else:
            raise SystemExit(f"{step['op']}: not expected")
        value[step["out"]] = y
    return value[program["output"]]


def augment(x, device):
    """The recipe on bytes as floats [n, 3, h, w]: one warp, mirrored at the edges, then light. -> -1..1"""
    import torch
    import torch.nn.functional as F
    n = len(x)

    def around(most):
        return most * (2 * torch.rand(n, device=device) - 1)

    turn, zoom = around(math.radians(TURN)), 1 + around(ZOOM)
    flip = torch.where(torch.rand(n, device=device) < 0.5, -1.0, 1.0)
    shift = torch.stack([-2 * around(SHIFT), -2 * around(SHIFT)], 1)
    c, s = torch.cos(turn), torch.sin(turn)
    turned = torch.stack([torch.stack([flip * c, -flip * s], 1), torch.stack([s, c], 1)], 1)
    theta = torch.cat([turned * zoom[:, None, None], turned @ shift[:, :, None]], 2)
    x = F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=False), "bilinear", "reflection", False)
    x = (x + 255 * around(LIGHT)[:, None, None, None]).clamp(0, 255).round()
    return (x - 127.5) / 127.5


def contrastive(e, y, _):
    import torch
    a, b = torch.triu_indices(len(y), len(y), 1, device=y.device)
    d = (e[a] - e[b]).square().sum(1).clamp_min(1e-12).sqrt()
    return torch.where(y[a] == y[b], d, (FAR_ENOUGH - d).clamp_min(0)).square().mean()


def triplet(e, y, _):
    """Schroff et al. 2015: for each pair of one person the nearest stranger farther than it, else the farthest; all at once."""
    import torch
    d = (e[:, None] - e[None]).square().sum(2)
    own = (y[:, None] == y[None]) & ~torch.eye(len(y), dtype=torch.bool, device=y.device)
    a, p = own.nonzero(as_tuple=True)
    strange = y[a][:, None] != y[None]
    far = d[a].masked_fill(~strange, -1).max(1).values
    near = d[a].masked_fill(~strange | (d[a] <= d[a, p][:, None]), math.inf).min(1).values
    return (NEARER + d[a, p] - torch.where(near.isinf(), far, near)).clamp_min(0).mean()


def arcface(e, y, vectors):
    import torch
    import torch.nn.functional as F
    cosine = (e @ F.normalize(vectors).T).clamp(-1 + 1e-7, 1 - 1e-7)
    own = cosine[torch.arange(len(y)), y]
    angle = torch.acos(own) + ANGLE
    margin = torch.where(angle > math.pi, own - math.sin(ANGLE) * ANGLE, torch.cos(angle))
    logits = SCALE * cosine.scatter(1, y[:, None], margin[:, None])
    return F.cross_entropy(logits, y)


def batches(loss, labels, dice):
    """An epoch's batches: every picture once, or drawn people with so many photos each."""
    if loss == "arcface":
        order = dice.permutation(len(labels))
        return [order[i:i + BATCH] for i in range(0, len(order) - BATCH + 1, BATCH)]
    photos = [np.flatnonzero(labels == k) for k in range(labels.max() + 1)]
    several = [p for p in photos if len(p) > 1]

    def some(of):
        drawn = dice.permutation(of)[:PHOTOS]
        return np.resize(drawn, PHOTOS)
    return [np.concatenate([some(several[k]) for k in dice.choice(len(several), BATCH // PHOTOS, replace=False)])
            for _ in range(len(labels) // BATCH)]


def rate_at(step, steps):
    warm = math.floor(WARMUP * steps)
    return RATE * step / warm if step < warm else RATE * 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm)))


TORCH_LOSSES = {"contrastive": contrastive, "triplet": triplet, "arcface": arcface}


def teach(loss, seed, course, pictures, epochs, device):
    """{tensor: trained weights}"""
    import torch
    import torch.nn.functional as F
    torch.manual_seed(seed)
    dice = np.random.default_rng(seed)
    program, labels = json.loads(str(course[f"{seed}/program"])), course["labels"]
    y = torch.from_numpy(labels).long().to(device)
    weights = {int(k.split("/")[1]): torch.tensor(course[k], device=device, requires_grad=True)
               for k in course.files if re.fullmatch(rf"{seed}/\d+", k)}
    vectors = (0.1 * torch.randn(labels.max() + 1, WIDTH, device=device)).requires_grad_()
    kernels = {i for s in program["steps"] if s["op"] in ("CONV_2D", "FULLY_CONNECTED") for i in s["in"][1:2]}
    decayed = [w for i, w in weights.items() if i in kernels] + [vectors] * (loss == "arcface")
    rest = [w for i, w in weights.items() if i not in kernels]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": DECAY}, {"params": rest, "weight_decay": 0}], eps=1e-7)
    steps, step = epochs * (len(labels) // BATCH), 0
    for epoch in range(epochs):
        total = 0
        for batch in batches(loss, labels, dice):
            batch = torch.from_numpy(batch).to(device)
            for group in optimiser.param_groups:
                group["lr"] = rate_at(step, steps)
            e = F.normalize(forward(program, weights, augment(pictures[batch].float(), device)))
            value = TORCH_LOSSES[loss](e, y[batch], vectors)
            optimiser.zero_grad(set_to_none=True)
            value.backward()
            optimiser.step()
            total, step = total + value.detach(), step + 1
        print(f"{loss} {seed} epoch {epoch + 1}: loss {total.item() * epochs / steps:.4f}", flush=True)
    return {i: w.detach().cpu().numpy() for i, w in weights.items()}


def in_torch(args):
    import torch
    from PIL import Image
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    course = np.load(args.work / "course.npz")
    with Image.open(args.work / "faces.png") as sheet:
        pictures = torch.from_numpy(np.array(sheet).reshape(-1, SIDE, SIDE, 3)).to(device).permute(0, 3, 1, 2).contiguous()
    print(f"torch {torch.__version__}, {torch.cuda.get_device_name() if device == 'cuda' else device}")
    out = {}
    for loss in args.only:
        for seed in range(1, args.seeds + 1):
            start = time.time()
            out.update({f"{loss}/{seed}/{i}": w for i, w in teach(loss, seed, course, pictures, args.epochs, device).items()})
            print(f"{loss} {seed}: {time.time() - start:.0f} s", flush=True)
    np.savez(args.work / "torch.npz", **out)


# --- in kin, and what both are worth ---

def in_kin(args):
    for seed in range(1, args.seeds + 1):
        for loss in args.only:
            start = time.time()
            subprocess.run([args.kin, "train", args.work / "faces", "-o", args.work / f"kin-{loss}-{seed}.tflite",
                            "--base", args.work / f"base-{seed}.tflite", "--input", "crop", "--loss", LOSSES[loss],
                            "--epochs", str(args.epochs), "--batch", str(BATCH), "--seed", str(seed), "--augment", RECIPE,
                            "--rate", str(RATE), "--optimiser", f"adamw decay={DECAY}",
                            "--schedule", f"cosine warmup={WARMUP}", "-v"], check=True)
            print(f"{loss} {seed}: {time.time() - start:.0f} s", flush=True)


def put_weights(work, seed, weights, path):
    """The seed's network with torch's weights in it, as a .tflite."""
    import tflite_file
    model = tflite_file.read(work / f"base-{seed}.tflite")
    for i, w in weights.items():
        model.buffers[model.subgraphs[0].tensors[i].buffer].data = np.frombuffer(w.astype("<f4").tobytes(), np.uint8)
    path.write_bytes(tflite_file.pack(model))


def accuracy(args, path):
    """In %, of the pairs."""
    said = subprocess.run([args.kin, "evaluate", "--pairs", args.pairs, args.people, "-m", path, "--json", "-q"], check=True,
                          stdout=subprocess.PIPE).stdout
    return 100 * json.loads(said)["accuracy"]


def compare(args):
    kept = np.load(args.work / "torch.npz")
    for loss, seed in {tuple(name.split("/")[:2]) for name in kept.files}:
        weights = {int(name.split("/")[2]): kept[name] for name in kept.files if name.startswith(f"{loss}/{seed}/")}
        put_weights(args.work, seed, weights, args.work / f"torch-{loss}-{seed}.tflite")
    print(f"{'loss':12} {'by':6} {'each':>24} {'mean':>7} {'sd':>6}")
    for loss, side in [("untrained", "")] + [(loss, side) for loss in args.only for side in ("torch", "kin")]:
        right = [accuracy(args, args.work / (f"{side}-{loss}-{n}.tflite" if side else f"base-{n}.tflite"))
                 for n in range(1, args.seeds + 1)]
        print(f"{loss:12} {side:6} {' '.join('%7.2f' % r for r in right):>24} {np.mean(right):7.2f} "
              f"{np.std(right, ddof=1) if len(right) > 1 else 0:6.2f}", flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("step", choices=["prepare", "torch", "kin", "compare"])
    p.add_argument("work", type=pathlib.Path)
    for name in ("faces", "people", "pairs"):
        p.add_argument("--" + name, type=pathlib.Path)
    p.add_argument("--kin", default=str(pathlib.Path(__file__).resolve().parent.parent / "build" / "kin"))
    p.add_argument("--only", action="append", choices=list(LOSSES))
    p.add_argument("--seeds", type=int, default=3)
    p.add_argument("--epochs", type=int, default=EPOCHS)
    args = p.parse_args()
    args.only = args.only or list(LOSSES)
    {"prepare": prepare, "torch": in_torch, "kin": in_kin, "compare": compare}[args.step](args)


main()

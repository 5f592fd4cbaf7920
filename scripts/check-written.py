#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# What kin writes, run by TensorFlow Lite's own interpreter, beside what kin makes of it.
#
#   check-written.py [--seeds N] [MODEL.tflite | NETWORK]...
#   check-written.py --goldens    remakes tests/golden/written/ops.txt: what the interpreter answered, and to which file
#
# Random instances of every op (default 10), the two models of models/, those named and networks of the zoo by name are
# written by build/tests/dump_written (see there). Prints the ops or models that the interpreter refuses or answers
# differently, and the largest error of each: |a - b| / max(1, |a|). Wants ai-edge-litert (or tflite-runtime, tensorflow).
# Where flatc (flatbuffers-compiler) and a schema.fbs named by TFLITE_SCHEMA are there too, each file is verified by the
# schema's own verifier (C++).
import argparse
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

try:
    import ai_edge_litert
    from ai_edge_litert.interpreter import Interpreter, OpResolverType
    version = f"ai-edge-litert {getattr(ai_edge_litert, '__version__', '')}"
except ImportError:
    import tensorflow as tf
    Interpreter, OpResolverType = tf.lite.Interpreter, tf.lite.experimental.OpResolverType
    version = f"tensorflow {tf.__version__}"

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("KIN_BUILD", ROOT / "build"))


def read_values(stem):
    """The inputs and outputs that kin had."""
    raw, at, values = stem.with_suffix(".bin").read_bytes(), 0, {"in": [], "out": []}
    for line in stem.with_suffix(".txt").read_text().splitlines()[1:]:
        way, kind, *dims = line.split()
        shape = tuple(map(int, dims))
        dtype = np.dtype(kind)
        count = int(np.prod(shape, dtype=np.int64))
        values[way].append(np.frombuffer(raw, dtype, count, at).reshape(shape))
        at += count * dtype.itemsize
    return values


def run(stem, inputs, resolver):
    interpreter = Interpreter(str(stem.with_suffix(".tflite")), num_threads=2,
                              experimental_op_resolver_type=resolver)
    for detail, value in zip(interpreter.get_input_details(), inputs):
        if tuple(detail["shape"]) != value.shape:
            interpreter.resize_tensor_input(detail["index"], value.shape)
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), inputs):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    outputs = [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]
    signature = interpreter.get_signature_list()
    assert list(signature) == ["serving_default"], signature
    return outputs


def error_of(ours, theirs):
    if len(ours) != len(theirs):
        raise ValueError(f"{len(theirs)} outputs, expected {len(ours)}")
    worst = 0.0
    for a, b in zip(ours, theirs):
        if a.shape != b.shape or a.dtype != b.dtype:
            raise ValueError(f"{b.dtype} {b.shape}, expected {a.dtype} {a.shape}")
        if a.size:
            same = (a == b) | ((a != a) & (b != b))
            a, b = a.astype(np.float64), b.astype(np.float64)
            with np.errstate(all="ignore"):
                difference = np.where(same, 0, np.abs(a - b) / np.maximum(1, np.abs(a)))
            worst = max(worst, float(np.nan_to_num(difference, nan=np.inf).max()))
    return worst


def check(stem):
    """(largest error, None) or (None, why not), for each of the interpreter's two ways: its own kernels, then XNNPACK's."""
    answers, values = [], read_values(stem)
    for resolver in OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES, OpResolverType.AUTO:
        try:
            answers.append((error_of(values["out"], run(stem, values["in"], resolver)), None))
        except (RuntimeError, ValueError, AssertionError) as e:
            answers.append((None, str(e).strip().splitlines()[-1][:160]))
    return answers


def check_apart(stem):
    """In a process of its own: the interpreter may die of a bad file."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    process = fork.Process(target=lambda: theirs.send(check(stem)))
    process.start()
    theirs.close()
    try:
        answers = ours.recv()
    except EOFError:
        answers = [(None, "the interpreter crashes")]
    process.join()
    return answers


def verifier(schema, folder):
    """A program that runs the verifier which flatc makes of the schema."""
    subprocess.run(["flatc", "--cpp", "-o", folder, schema], check=True)
    source = pathlib.Path(folder) / "verify.cc"
    header = pathlib.Path(schema).stem + "_generated.h"
    source.write_text(f"""#include "{header}"
#include <fstream>
#include <iterator>
#include <cstdio>
#include <vector>
int main(int argc, char **argv) {{
    int bad = 0;
    for (int i = 1; i < argc; i++) {{
        std::ifstream f(argv[i], std::ios::binary);
        std::vector<char> b((std::istreambuf_iterator<char>(f)), std::istreambuf_iterator<char>());
        flatbuffers::Verifier v((const uint8_t *)b.data(), b.size(), 64, 100000000);
        if (!tflite::VerifyModelBuffer(v)) bad++, printf("%s: the schema's verifier refuses it\\n", argv[i]);
    }}
    return bad != 0;
}}
""")
    program = str(pathlib.Path(folder) / "verify")
    subprocess.run(["c++", "-std=c++17", "-O1", "-I", folder, str(source), "-o", program], check=True)
    return program


# The ops of face networks, those that are written out among them.
GOLDEN_OPS = ("conv2d depthwise_conv2d dense batch_norm relu prelu leaky_relu sigmoid softmax max_pool avg_pool l2_normalize "
              "resize_bilinear add mul mean flatten reshape concat pad quantize dequantize strided_slice").split()
GOLDEN_SEEDS, GOLDEN_NUMBERS = 4, 8


def goldens(folder):
    """A line an instance: OP SEED FINGERPRINT NUMBER..., the first numbers of the interpreter's first output."""
    lines = []
    for op in GOLDEN_OPS:
        for seed in range(GOLDEN_SEEDS):
            stem = pathlib.Path(folder) / f"{op}-{seed}"
            if any(why for _, why in check_apart(stem)):
                continue  # a type that the interpreter's kernel does not take
            fingerprint = stem.with_suffix(".txt").read_text().split("\n", 1)[0]
            resolver = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
            output = run(stem, read_values(stem)["in"], resolver)[0].flatten()[:GOLDEN_NUMBERS]
            if output.dtype == np.float16:
                continue
            lines.append(" ".join([op, str(seed), fingerprint, *(f"{float(v):.9g}" for v in output)]))
    place = ROOT / "tests/golden/written/ops.txt"
    place.parent.mkdir(exist_ok=True)
    place.write_text("\n".join(lines) + "\n")
    print(f"{place}: {len(lines)} instances by {version}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--folder", help="keep the files there")
    parser.add_argument("--goldens", action="store_true")
    parser.add_argument("model", nargs="*")
    options = parser.parse_args()
    folder = options.folder or tempfile.mkdtemp()
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    models = [str(ROOT / "models" / f"{m}.tflite") for m in ("detector", "recogniser")] + options.model
    subprocess.run([str(BUILD / "tests/dump_written"), folder, str(options.seeds), *models], check=True)
    if options.goldens:
        return goldens(folder)
    stems = sorted(p.with_suffix("") for p in pathlib.Path(folder).glob("*.tflite"))

    worst, refused, wrong = {}, {}, {}
    for stem in stems:
        name, _, seed = stem.name.rpartition("-")
        name = name if seed.isdigit() and name else stem.name
        for error, why in check_apart(stem):
            if why:
                refused.setdefault(name, {})[stem.name] = why
                continue
            worst[name] = max(worst.get(name, 0.0), error)
            if error > 1e-5:
                wrong.setdefault(name, {})[stem.name] = error
    print(f"{len(stems)} files, {version}")
    for name, error in sorted(worst.items(), key=lambda x: -x[1])[:20]:
        print(f"  {name:24} largest error {error:.2e}")
    for name, seeds in sorted(wrong.items()):
        print(f"  {name}: {len(seeds)} differ by more than 1e-5, the most {max(seeds.values()):.2e} ({max(seeds, key=seeds.get)})")
    for name, seeds in sorted(refused.items()):
        for text in sorted(set(seeds.values())):
            which = [s for s in seeds if seeds[s] == text]
            print(f"  {name}: {len(which)} refused ({which[0]}): {text}")
    if os.environ.get("TFLITE_SCHEMA"):
        with tempfile.TemporaryDirectory() as work:
            files = [str(s.with_suffix(".tflite")) for s in stems]
            program = verifier(os.environ["TFLITE_SCHEMA"], work)
            done = subprocess.run([program, *files])
            print("verified by the schema" if done.returncode == 0 else "the schema's verifier refuses some")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
#
# kin beside ONNX Runtime: the same networks, alternating runs, ratio of medians (under 1: kin is faster).
#     RIVAL=python make bench
# The pilots are ../shared/weights/*.onnx; ResNet-50 with random weights is built here, for both alike.
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime as ort

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
SHARED = os.environ.get("KIN_SHARED", "../shared")
ROUNDS, RUNS = 7, 15
REST_S = 0.1  # ONNX Runtime's threads spin on after a run: on two cores they would take kin one of them


def session(path, threads):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def rival_ms(s, x):
    name = s.get_inputs()[0].name
    spent = []
    for run in range(-3, RUNS):
        start = time.perf_counter()
        s.run(None, {name: x})
        if run >= 0:
            spent.append((time.perf_counter() - start) * 1e3)
    return statistics.median(spent)


def kin_ms(model, threads, side):
    out = subprocess.run([f"{BUILD}/bench/speed", model, str(threads), str(side), str(RUNS)],
                         check=True, capture_output=True, text=True).stdout
    return float(out)


def resnet50(folder):
    """ResNet-50 (He et al. 2015, v1 strides as Keras) with random weights as .onnx and, through TensorFlow, .tflite."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf
    rng = np.random.default_rng(1)
    nodes, weights = [], []

    def conv(x, w, stride, pads, relu, name):
        k, c, n = w.shape[0], w.shape[2], w.shape[3]
        weights.append(numpy_helper.from_array(np.ascontiguousarray(w.transpose(3, 2, 0, 1)), name + "_w"))
        weights.append(numpy_helper.from_array(np.zeros(n, np.float32), name + "_b"))
        nodes.append(helper.make_node("Conv", [x, name + "_w", name + "_b"], [name], kernel_shape=[k, k],
                                      strides=[stride, stride], pads=pads))
        if relu:
            nodes.append(helper.make_node("Relu", [name], [name + "_r"]))
        return name + ("_r" if relu else "")

    def make(k, c, n):
        return (rng.standard_normal((k, k, c, n)) * (2 / (k * k * c)) ** 0.5 * 0.7).astype(np.float32)

    inp = tf.keras.Input((224, 224, 3), batch_size=1)
    w = make(7, 3, 64)
    x = conv("x", w, 2, [3, 3, 3, 3], True, "stem")
    layers = tf.keras.layers
    t = layers.ZeroPadding2D(3)(inp)

    def tconv(t, w, stride, relu, pad="valid"):
        layer = layers.Conv2D(w.shape[3], w.shape[0], stride, padding=pad, activation="relu" if relu else None)
        y = layer(t)
        layer.set_weights([w, np.zeros(w.shape[3], np.float32)])
        return y

    t = tconv(t, w, 2, True)
    nodes.append(helper.make_node("MaxPool", [x], ["pool"], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]))
    x = "pool"
    t = layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(t))
    channels = 64
    for stage, (width, blocks) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)]):
        for block in range(blocks):
            stride = 2 if block == 0 and stage else 1
            name = f"s{stage}b{block}"
            w1, w2, w3 = make(1, channels, width), make(3, width, width), make(1, width, 4 * width) * 0.3
            y = conv(x, w1, stride, [0] * 4, True, name + "a")
            y = conv(y, w2, 1, [1] * 4, True, name + "b")
            y = conv(y, w3, 1, [0] * 4, False, name + "c")
            u = tconv(tconv(tconv(t, w1, stride, True), w2, 1, True, "same"), w3, 1, False)
            if block == 0:
                wp = make(1, channels, 4 * width)
                x, t = conv(x, wp, stride, [0] * 4, False, name + "p"), tconv(t, wp, stride, False)
            nodes.append(helper.make_node("Add", [y, x], [name]))
            nodes.append(helper.make_node("Relu", [name], [name + "_r"]))
            x, t = name + "_r", layers.ReLU()(layers.Add()([u, t]))
            channels = 4 * width
    nodes.append(helper.make_node("GlobalAveragePool", [x], ["y"]))
    graph = helper.make_graph(nodes, "resnet50", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 224, 224])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], weights)
    onnx_path, tflite_path = folder + "/resnet50.onnx", folder + "/resnet50.tflite"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), onnx_path)
    t = layers.GlobalAveragePooling2D(keepdims=True)(t)
    with open(tflite_path, "wb") as f:
        f.write(tf.lite.TFLiteConverter.from_keras_model(tf.keras.Model(inp, t)).convert())
    return onnx_path, tflite_path


def main():
    print(f"kin beside ONNX Runtime {ort.__version__}: median of {ROUNDS} alternating rounds of {RUNS} runs, ms")
    print(f"{'network':12} {'threads':>7} {'kin':>9} {'ORT':>9} {'kin/ORT':>8}  (range of the rounds)")
    with tempfile.TemporaryDirectory() as folder:
        rows = [("recogniser", "models/recogniser.tflite", f"{SHARED}/weights/pilot-recogniser.onnx", 112),
                ("detector", "models/detector.tflite", f"{SHARED}/weights/pilot-detector.onnx", 320)]
        if "--pilots" not in sys.argv:
            onnx_path, tflite_path = resnet50(folder)
            rows.append(("resnet50", tflite_path, onnx_path, 224))
        for name, ours, theirs, side in rows:
            x = ((7 * np.arange(3 * side * side) ** 2 + 13) % 256).astype(np.float32).reshape(1, 3, side, side)
            for threads in (1, 2):
                s = session(theirs, threads)
                a, b = [], []
                for _ in range(ROUNDS):
                    time.sleep(REST_S)
                    a.append(kin_ms(ours, threads, side))
                    b.append(rival_ms(s, x))
                ratio = [p / q for p, q in zip(a, b)]
                print(f"{name:12} {threads:7} {statistics.median(a):9.2f} {statistics.median(b):9.2f} "
                      f"{statistics.median(ratio):8.2f}  ({min(ratio):.2f} .. {max(ratio):.2f})", flush=True)


main()

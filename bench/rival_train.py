# SPDX-License-Identifier: Apache-2.0
#
# Training steps beside PyTorch and TensorFlow on two threads: the same networks (their .onnx run op by op, gradients by
# autograd), the same loss (mean of the outputs' squares), plain gradient descent; alternating runs, ratio of medians (over 1:
# kin is faster).
#     python bench/rival_train.py build [--rounds N] [NETWORK ...]
# Python has torch, tensorflow, onnx, numpy; networks: ../shared/weights. ResNet-50 has batch norms in training form.
import argparse
import os
import statistics
import subprocess
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import onnx
from onnx import numpy_helper

SHARED = os.environ.get("KIN_SHARED", "../shared")
THREADS = 2
NETWORKS = {  # name: kin's model, the .onnx (None: ResNet-50), batch, side
    "recogniser": ("models/recogniser.tflite", f"{SHARED}/weights/pilot-recogniser.onnx", 64, 112),
    "mobilefacenet": (f"{SHARED}/weights/mobilefacenet-foamliu.tflite", f"{SHARED}/weights/mobilefacenet-foamliu.onnx", 64, 112),
    "resnet50": ("vggface2-resnet50", None, 16, 224),
}


def layers(path):
    """The graph's weights by name and its nodes as (op, inputs, outputs, attributes)."""
    graph = onnx.load(path).graph
    values = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    nodes = []
    for n in graph.node:
        attrs = {a.name: onnx.helper.get_attribute_value(a) for a in n.attribute}
        if n.op_type == "Constant":
            values[n.output[0]] = numpy_helper.to_array(attrs["value"])
        else:
            nodes.append((n.op_type, list(n.input), n.output[0], attrs))
    return values, nodes, graph.input[0].name, nodes[-1][2]


def trainable(nodes):
    """Names of weights, biases and slopes."""
    return {i for op, inputs, _, _ in nodes if op in ("Conv", "PRelu", "Gemm") for i in inputs[1:]}


def torch_network(path):
    import torch
    import torch.nn.functional as F
    values, nodes, first, last = layers(path)
    names = trainable(nodes)

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.keys = {n: f"p{i}" for i, n in enumerate(sorted(names))}
            for n, key in self.keys.items():
                value = values[n].reshape(-1) if values[n].shape[1:] == (1, 1) else values[n]
                self.register_parameter(key, torch.nn.Parameter(torch.tensor(value)))

        def forward(self, x):
            have = {first: x}

            def get(name):
                if name in have:
                    return have[name]
                return getattr(self, self.keys[name]) if name in self.keys else torch.tensor(values[name])
            for op, inputs, out, a in nodes:
                x = get(inputs[0])
                if op == "Conv":
                    p = a["pads"]
                    y = F.conv2d(x, get(inputs[1]), get(inputs[2]), a["strides"], (p[0], p[1]), a["dilations"], a["group"])
                elif op == "PRelu":
                    y = F.prelu(x, get(inputs[1]))
                elif op == "Gemm":
                    y = F.linear(x, get(inputs[1]), get(inputs[2]))
                elif op == "AveragePool":
                    y = F.avg_pool2d(x, a["kernel_shape"], a["strides"])
                elif op == "Relu":
                    y = F.relu(x)
                elif op == "Clip":
                    y = F.hardtanh(x, float(values[inputs[1]]), float(values[inputs[2]]))
                elif op == "Add":
                    y = x + get(inputs[1])
                elif op == "Sub":
                    y = x - get(inputs[1])
                elif op == "Div":
                    y = x / get(inputs[1])
                else:  # Flatten, Reshape
                    y = torch.flatten(x, 1)
                have[out] = y
            return have[last]
    return Network()


def torch_resnet50():
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, c, width, stride):
            super().__init__()
            def conv(i, o, k, s):
                return nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o))
            self.body = nn.Sequential(conv(c, width, 1, stride), nn.ReLU(), conv(width, width, 3, 1), nn.ReLU(),
                                      conv(width, 4 * width, 1, 1))
            self.short = conv(c, 4 * width, 1, stride) if c != 4 * width else nn.Identity()

        def forward(self, x):
            return torch.relu(self.body(x) + self.short(x))
    parts, c = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2)], 64
    for stage, (width, blocks) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)]):
        for block in range(blocks):
            parts.append(Block(c, width, 2 if block == 0 and stage else 1))
            c = 4 * width
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 8631), nn.Softmax(1))


class Torch:
    """layout: channels last or first, the caller takes the faster; half: bf16 by autocast."""
    def __init__(self, path, batch, side, last, half=False):
        import torch
        torch.set_num_threads(THREADS)
        self.torch, self.half = torch, half
        self.net = torch_network(path) if path else torch_resnet50()
        self.net.train()
        form = torch.channels_last if last else torch.contiguous_format
        self.net = self.net.to(memory_format=form)
        self.x = (torch.rand(batch, 3, side, side) * 2 - 1).to(memory_format=form)
        self.descent = torch.optim.SGD(self.net.parameters(), lr=1e-6)

    def step(self):
        self.descent.zero_grad(set_to_none=True)
        if self.half:
            with self.torch.autocast("cpu", dtype=self.torch.bfloat16):
                y = self.net(self.x)
        else:
            y = self.net(self.x)
        (y.float() ** 2).mean().backward()
        self.descent.step()


class TensorFlow:
    def __init__(self, path, batch, side):
        import tensorflow as tf
        try:
            tf.config.threading.set_intra_op_parallelism_threads(THREADS)
            tf.config.threading.set_inter_op_parallelism_threads(1)
        except RuntimeError:
            pass
        self.x = tf.random.uniform((batch, side, side, 3), -1, 1)
        if path:
            run, variables = self.network(tf, path)
        else:
            net = tf.keras.applications.ResNet50(weights=None, classes=8631)
            run, variables = lambda x: net(x, training=True), net.trainable_variables

        @tf.function
        def step(x):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(run(x) ** 2)
            for v, g in zip(variables, tape.gradient(loss, variables)):
                v.assign_sub(1e-6 * g)
        self.step = lambda: step(self.x)

    @staticmethod
    def network(tf, path):
        values, nodes, first, last = layers(path)
        variables, forms = {}, {}
        for op, inputs, _, a in nodes:
            if op == "Conv":  # [out, in, h, w] -> [h, w, in, out]; depthwise [h, w, channels, 1]
                forms[inputs[1]] = (2, 3, 0, 1) if a["group"] > 1 else (2, 3, 1, 0)
            elif op == "Gemm":
                forms[inputs[1]] = (1, 0)
            elif op == "PRelu":
                values[inputs[1]] = values[inputs[1]].reshape(-1)
        for n in trainable(nodes):
            variables[n] = tf.Variable(np.ascontiguousarray(values[n].transpose(forms[n]) if n in forms else values[n]))

        def run(x):
            have = {first: x}

            def get(name):
                return have[name] if name in have else variables[name] if name in variables else tf.constant(values[name])
            for op, inputs, out, a in nodes:
                x = get(inputs[0])
                if op == "Conv":
                    p = a["pads"]
                    if any(p):
                        x = tf.pad(x, [[0, 0], [p[0], p[2]], [p[1], p[3]], [0, 0]])
                    s = [1, *a["strides"], 1]
                    conv = tf.nn.depthwise_conv2d if a["group"] > 1 else tf.nn.conv2d
                    y = tf.nn.bias_add(conv(x, get(inputs[1]), s, "VALID"), get(inputs[2]))
                elif op == "PRelu":
                    y = tf.where(x < 0, x * get(inputs[1]), x)
                elif op == "Gemm":
                    y = x @ get(inputs[1]) + get(inputs[2])
                elif op == "AveragePool":
                    y = tf.nn.avg_pool2d(x, a["kernel_shape"], a["strides"], "VALID")
                elif op == "Relu":
                    y = tf.nn.relu(x)
                elif op == "Clip":
                    y = tf.clip_by_value(x, float(values[inputs[1]]), float(values[inputs[2]]))
                elif op == "Add":
                    y = x + get(inputs[1])
                elif op == "Sub":
                    y = x - get(inputs[1])
                elif op == "Div":
                    y = x / get(inputs[1])
                else:
                    y = tf.reshape(x, (x.shape[0], -1))
                have[out] = y
            return have[last]
        return run, list(variables.values())


def rival_ms(rival, steps):
    spent = []
    for i in range(-1, steps):
        start = time.perf_counter()
        rival.step()
        if i >= 0:
            spent.append((time.perf_counter() - start) * 1e3)
    return statistics.median(spent)


def kin_ms(build, model, batch, side, steps):
    out = subprocess.run([f"{build}/bench/train", model, str(THREADS), str(batch), str(side), str(steps)], check=True,
                         capture_output=True, text=True).stdout
    return float(out.split("median ")[1].split()[0])


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("build")
    parse.add_argument("networks", nargs="*")
    parse.add_argument("--rounds", type=int, default=3)
    parse.add_argument("--steps", type=int, default=3)
    args = parse.parse_args()
    import tensorflow as tf
    import torch
    print(f"images a second of training on {THREADS} threads: kin, PyTorch {torch.__version__}, TensorFlow {tf.__version__}; medians of "
          f"{args.rounds} alternating rounds of {args.steps} steps", flush=True)
    for name in args.networks or NETWORKS:
        model, path, batch, side = NETWORKS[name]
        first, last = Torch(path, batch, side, False), Torch(path, batch, side, True)
        better = last if rival_ms(last, 1) < rival_ms(first, 1) else first
        rivals = {"PyTorch": better, "TensorFlow": TensorFlow(path, batch, side),
                  "PyTorch bf16": Torch(path, batch, side, better is last, True)}
        ours, theirs = [], {r: [] for r in rivals}
        for _ in range(args.rounds):
            ours.append(kin_ms(args.build, model, batch, side, args.steps))
            for r, rival in rivals.items():
                theirs[r].append(rival_ms(rival, args.steps))
        print(f"{name:14} batch {batch:3}  kin {1e3 * batch / statistics.median(ours):7.1f}", end="")
        for r in rivals:
            ratio = [t / o for t, o in zip(theirs[r], ours)]
            print(f"  {r} {1e3 * batch / statistics.median(theirs[r]):7.1f} (kin is {statistics.median(ratio):.2f} times as fast,"
                  f" {min(ratio):.2f} .. {max(ratio):.2f})", end="")
        print(flush=True)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/steps/: one training step of each building block of the face networks, and of two whole ones of small
widths, as Keras 3 computes it.

usage: golden-steps.py OUT_FOLDER [NAME...]      (needs keras 3.15 with tensorflow 2.21)

Keras works in float64 here, from numbers that float32 holds: what a golden says is the truth, and a test's error is kin's
own. Each block is written once: every function below adds a Keras layer and, beside it, the nodes that say the same in kin's
words. The format is in tests/golden/steps/README.md.
"""
import os
import sys
import zlib

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['KERAS_BACKEND'] = 'tensorflow'
import keras
import numpy as np
import tensorflow as tf

keras.config.set_floatx('float64')
layers = keras.layers
CLASSES = 3


class Value:
    """A tensor: Keras' and the name that kin's text gives it."""

    def __init__(self, keras_tensor, name):
        self.k, self.name = keras_tensor, name
        self.shape = keras_tensor.shape


class Cosines(layers.Layer):
    """Cosines between rows of length 1 and a learnt direction a class."""

    def __init__(self, classes):
        super().__init__()
        self.classes = classes

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.classes), name='kernel')

    def call(self, x):
        return tf.matmul(x, tf.math.l2_normalize(self.kernel, axis=0))


class Step:
    def __init__(self, name, *shape):
        self.random = np.random.default_rng(zlib.crc32(name.encode()))
        self.lines, self.data, self.count, self.wanted, self.after = [], [], {}, [], []
        self.x = self.numbers(shape, -1, 1)
        self.declare('variable', 'x', self.x)
        self.input = Value(keras.Input(batch_shape=shape), 'x')

    def numbers(self, shape, low, high):
        return (low + (high - low) * self.random.random(shape)).astype('float32')

    def new(self, kind):
        self.count[kind] = self.count.get(kind, 0) + 1
        return '%s%d' % (kind, self.count[kind])

    def declare(self, kind, name, array):
        array = np.ascontiguousarray(array)
        self.lines.append('%s %s %s %s' % (kind, name, array.dtype, ','.join(map(str, array.shape)) or '-'))
        self.data.append(array.tobytes())
        return name

    def node(self, op, attributes, inputs, outputs=1):
        outs = [self.new(op + '.') for _ in range(outputs)]
        self.lines.append('node %s "%s" %s -> %s' % (op, attributes, ' '.join(inputs), ' '.join(outs)))
        return outs[0] if outputs == 1 else outs

    def weight(self, variable, low, high, to_kin=lambda w: w):
        """Random numbers for a Keras variable; its name in kin's text."""
        variable.assign(self.numbers(tuple(variable.shape), low, high))
        name = self.declare('variable', self.new(variable.name + '.'), to_kin(variable.numpy().astype('float32')))
        self.wanted.append((name, variable, to_kin))
        return name

    def ints(self, *values):
        return self.declare('constant', self.new('ints.'), np.array(values, 'int32'))

    # --- layers ---

    def conv(self, v, filters, size, stride=1, padding='same', bias=False):
        layer = layers.Conv2D(filters, size, stride, padding, use_bias=bias)
        k, wide = layer(v.k), (2 / (size * size * v.shape[-1])) ** 0.5 * 1.7
        ins = [v.name, self.weight(layer.kernel, -wide, wide, lambda w: w.transpose(3, 0, 1, 2))]
        ins += [self.weight(layer.bias, -0.5, 0.5)] if bias else []
        return Value(k, self.node('conv2d', 'stride=%d,%d padding=%s' % (stride, stride, padding), ins))

    def depthwise(self, v, size, stride=1, padding='same'):
        layer = layers.DepthwiseConv2D(size, stride, padding, use_bias=False)
        k = layer(v.k)
        w = self.weight(layer.kernel, -0.7, 0.7, lambda w: w.transpose(3, 0, 1, 2))
        return Value(k, self.node('depthwise_conv2d', 'stride=%d,%d padding=%s' % (stride, stride, padding), [v.name, w]))

    def norm(self, v, momentum=0.9, epsilon=1e-3, scale=True, frozen=False):
        """Batch norm; frozen: in its inference form inside of a training step, as Keras' trainable=False has it."""
        layer = layers.BatchNormalization(momentum=momentum, epsilon=epsilon, scale=scale, trainable=not frozen)
        k, c = layer(v.k), v.shape[-1]
        gamma = self.weight(layer.gamma, 0.5, 1.5) if scale else self.declare('constant', self.new('ones.'), np.ones(c, 'float32'))
        beta = self.weight(layer.beta, -0.5, 0.5)
        layer.moving_mean.assign(self.numbers((c,), -0.5, 0.5))
        layer.moving_variance.assign(self.numbers((c,), 0.5, 1.5))
        moving = [self.declare('constant', self.new(m.name + '.'), m.numpy().astype('float32'))
                  for m in (layer.moving_mean, layer.moving_variance)]
        if frozen:
            return Value(k, self.node('batch_norm', 'epsilon=%g' % epsilon, [v.name, gamma, beta] + moving))
        y, mean, variance = self.node('batch_norm_train', 'epsilon=%g' % epsilon, [v.name, gamma, beta], 3)
        old = self.declare('constant', self.new('momentum.'), np.float32(momentum))
        fresh = self.declare('constant', self.new('momentum.'), np.float32(1 - momentum))
        for m, batch, variable in zip(moving, (mean, variance), (layer.moving_mean, layer.moving_variance)):
            after = self.node('add', '', [self.node('mul', '', [m, old]), self.node('mul', '', [batch, fresh])])
            self.after.append((after, variable))
        return Value(k, y)

    def relu(self, v):
        return Value(layers.ReLU()(v.k), self.node('relu', '', [v.name]))

    def prelu(self, v):
        layer = layers.PReLU(shared_axes=[1, 2])
        k = layer(v.k)
        return Value(k, self.node('prelu', '', [v.name, self.weight(layer.alpha, 0.05, 0.5, lambda a: a.reshape(-1))]))

    def sigmoid(self, v):
        return Value(layers.Activation('sigmoid')(v.k), self.node('sigmoid', '', [v.name]))

    def add(self, a, b):
        return Value(layers.Add()([a.k, b.k]), self.node('add', '', [a.name, b.name]))

    def multiply(self, a, b):
        return Value(layers.Multiply()([a.k, b.k]), self.node('mul', '', [a.name, b.name]))

    def scale(self, v, factor):
        by = self.declare('constant', self.new('scale.'), np.float32(factor))
        return Value(layers.Rescaling(float(np.float32(factor)))(v.k), self.node('mul', '', [v.name, by]))

    def concat(self, *values):
        return Value(layers.Concatenate()([v.k for v in values]), self.node('concat', 'axis=-1', [v.name for v in values]))

    def max_pool(self, v, size, stride, padding):
        return Value(layers.MaxPooling2D(size, stride, padding)(v.k),
                     self.node('max_pool', 'size=%d,%d stride=%d,%d padding=%s' % (size, size, stride, stride, padding), [v.name]))

    def average(self, v, keep=False):
        return Value(layers.GlobalAveragePooling2D(keepdims=keep)(v.k),
                     self.node('mean', 'keep_dims=%s' % str(keep).lower(), [v.name, self.ints(1, 2)]))

    def flatten(self, v):
        return Value(layers.Flatten()(v.k), self.node('flatten', '', [v.name]))

    def normalize(self, v):
        return Value(layers.UnitNormalization()(v.k), self.node('l2_normalize', '', [v.name]))

    def dense(self, v, units, bias=True):
        layer = layers.Dense(units, use_bias=bias)
        k = layer(v.k)
        ins = [v.name, self.weight(layer.kernel, -0.6, 0.6, lambda w: w.T)] + ([self.weight(layer.bias, -0.5, 0.5)] if bias else [])
        return Value(k, self.node('dense', '', ins))

    def cosines(self, v, classes):
        layer = Cosines(classes)
        k = layer(v.k)
        w = self.node('l2_normalize', '', [self.weight(layer.kernel, -0.6, 0.6, lambda w: w.T)])
        return Value(k, self.node('dense', '', [v.name, w]))

    # --- losses: (a function of Keras' outputs, the name in kin's text) ---

    def cross_entropy(self, logits):
        y = self.random.integers(0, logits.shape[-1], logits.shape[0])
        name = self.node('sparse_cross_entropy', '', [logits.name, self.declare('constant', self.new('labels.'), y.astype('int32'))])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        return logits, lambda out: loss(y, out), name

    def arcface(self, cosines, angle=0.3, scale=8):
        """Deng et al. 2019, on this side in TensorFlow's own acos and cos."""
        y = self.random.integers(0, cosines.shape[-1], cosines.shape[0])
        labels = self.declare('constant', self.new('labels.'), y.astype('int32'))
        logits = self.node('angular_margin', 'angle=%g scale=%g' % (angle, scale), [cosines.name, labels])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        own = np.eye(cosines.shape[-1])[y]
        return (cosines, lambda out: loss(y, scale * tf.where(own > 0, tf.cos(tf.acos(out) + angle), out)),
                self.node('sparse_cross_entropy', '', [logits, labels]))

    def distance(self, out):
        """Distillation: one less the cosine to a teacher's embedding."""
        y = self.numbers(out.shape, -1, 1)
        name = self.node('cosine_distance', '', [out.name, self.declare('constant', self.new('teacher.'), y)])
        loss = keras.losses.CosineSimilarity()
        return out, lambda is_: 1 + loss(y.astype('float64'), is_), name

    def squared_error(self, out):
        y = self.numbers(out.shape, -1, 1)
        name = self.node('mean_squared_error', '', [out.name, self.declare('constant', self.new('targets.'), y)])
        loss = keras.losses.MeanSquaredError()
        return out, lambda is_: loss(y.astype('float64'), is_), name

    def classify(self, v):
        """The top that gives a block a loss: global mean, dense, softmax, cross entropy."""
        return self.cross_entropy(self.dense(self.average(v) if len(v.shape) == 4 else v, CLASSES))

    def finish(self, path, *parts):
        """One step: forward in training, loss (the sum of the parts), all gradients, statistics after."""
        model = keras.Model(self.input.k, [p[0].k for p in parts])
        name = parts[0][2]
        for p in parts[1:]:
            name = self.node('add', '', [name, p[2]])
        x = tf.Variable(self.x.astype('float64'))
        wanted = [x] + [w[1].value for w in self.wanted]
        with tf.GradientTape() as tape:
            tape.watch(wanted)
            outs = model(x, training=True)
            outs = outs if isinstance(outs, list) else [outs]
            loss = sum(p[1](out) for p, out in zip(parts, outs))
        gradients = tape.gradient(loss, wanted)
        self.declare('loss', name, np.asarray(loss, 'float32'))
        for (n, _, to_kin), g in zip([('x', None, lambda v: v)] + self.wanted, gradients):
            self.declare('gradient', n, to_kin(g.numpy()).astype('float32'))
        for n, variable in self.after:
            self.declare('after', n, variable.numpy().astype('float32'))
        text = '\n'.join(self.lines)
        text += ' ' * (-len(text + '\ndata\n') % 4)  # the numbers stand aligned
        with open(path, 'wb') as f:
            f.write((text + '\ndata\n').encode() + b''.join(self.data))
        print('%-22s %3d nodes, %2d gradients, loss %.6f, %d bytes' % (
            os.path.basename(path), sum(l.startswith('node') for l in self.lines), len(gradients), float(loss), os.path.getsize(path)))


# --- the blocks ---

def transfer_head():
    """The tutorial's head: features, flatten, dense, softmax."""
    s = Step('transfer_head', 6, 3, 3, 8)
    return s, [s.cross_entropy(s.dense(s.flatten(s.input), CLASSES))]


def conv_norm(s, v, filters, size, stride=1, scale=True, frozen=False):
    return s.norm(s.conv(v, filters, size, stride), scale=scale, frozen=frozen)


def bottleneck(s, stride, frozen=False):
    """VGGFace2's: 1x1 (with the stride), 3x3, 1x1, each with batch norm."""
    v = s.relu(conv_norm(s, s.input, 4, 1, stride, frozen=frozen))
    v = s.relu(conv_norm(s, v, 4, 3, frozen=frozen))
    return conv_norm(s, v, 8, 1, frozen=frozen)


def resnet_block():
    """He et al. 2015, a bottleneck with a projected shortcut."""
    s = Step('resnet_block', 4, 8, 8, 6)
    v = bottleneck(s, 2)
    return s, [s.classify(s.relu(s.add(v, conv_norm(s, s.input, 8, 1, 2))))]


def frozen_block():
    """The same with batch norms in inference form, as fine-tuning leaves them."""
    s = Step('frozen_block', 3, 6, 6, 8)
    return s, [s.classify(s.relu(s.add(bottleneck(s, 1, True), s.input)))]


def se_block():
    """Hu et al. 2018: the bottleneck's channels are weighed by a gate made of their means."""
    s = Step('se_block', 4, 6, 6, 8)
    v = bottleneck(s, 1)
    gate = s.relu(s.conv(s.average(v, keep=True), 3, 1, bias=True))
    gate = s.sigmoid(s.conv(gate, 8, 1, bias=True))
    return s, [s.classify(s.relu(s.add(s.multiply(v, gate), s.input)))]


def inception_resnet_block():
    """Szegedy et al. 2016: block35 with its scaled residual, then the reduction with a pooling branch."""
    s = Step('inception_resnet_block', 3, 9, 9, 8)

    def unit(v, filters, size, stride=1):
        return s.relu(conv_norm(s, v, filters, size, stride, scale=False))
    mixed = s.concat(unit(s.input, 3, 1), unit(unit(s.input, 3, 1), 3, 3), unit(unit(unit(s.input, 3, 1), 4, 3), 5, 3))
    v = s.relu(s.add(s.input, s.scale(s.conv(mixed, 8, 1, bias=True), 0.17)))
    v = s.concat(unit(v, 4, 3, 2), s.max_pool(v, 3, 2, 'same'))
    return s, [s.classify(v)]


def mobilefacenet_block():
    """Chen et al. 2018: expand, depthwise, project with PReLU, the residual; then the global depthwise convolution, the
    embedding of length 1 and cosines to the classes, scaled."""
    s = Step('mobilefacenet_block', 4, 5, 5, 6)
    v = s.prelu(conv_norm(s, s.input, 12, 1))
    v = s.prelu(s.norm(s.depthwise(v, 3)))
    v = s.add(conv_norm(s, v, 6, 1), s.input)
    v = s.norm(s.depthwise(v, 5, padding='valid'))
    v = s.normalize(s.flatten(s.norm(s.conv(v, 8, 1, padding='valid'))))
    return s, [s.cross_entropy(s.scale(s.dense(v, CLASSES, bias=False), 8))]


def pnet():
    """Zhang et al. 2016, MTCNN's first network on its 12 x 12 crops: two losses."""
    s = Step('pnet', 4, 12, 12, 3)
    v = s.prelu(s.conv(s.input, 5, 3, padding='valid', bias=True))
    v = s.max_pool(v, 2, 2, 'same')
    v = s.prelu(s.conv(v, 6, 3, padding='valid', bias=True))
    v = s.prelu(s.conv(v, 8, 3, padding='valid', bias=True))
    face, box = s.conv(v, 2, 1, padding='valid', bias=True), s.conv(v, 4, 1, padding='valid', bias=True)
    return s, [s.cross_entropy(s.flatten(face)), s.squared_error(s.flatten(box))]


# --- whole networks, narrow ---

def mobilefacenet():
    """Chen et al. 2018, table 1, a sixteenth as wide, on 24 x 24 pixels, with ArcFace."""
    s = Step('mobilefacenet', 6, 24, 24, 3)
    v = s.prelu(conv_norm(s, s.input, 4, 3, 2))
    v = s.prelu(s.norm(s.depthwise(v, 3)))
    for expand, filters, repeat, stride in [(2, 4, 5, 2), (4, 8, 1, 2), (2, 8, 6, 1), (4, 8, 1, 2), (2, 8, 2, 1)]:
        for i in range(repeat):
            x = v
            v = s.prelu(conv_norm(s, x, x.shape[-1] * expand, 1))
            v = s.prelu(s.norm(s.depthwise(v, 3, stride if i == 0 else 1)))
            v = conv_norm(s, v, filters, 1)
            if v.shape == x.shape:
                v = s.add(x, v)
    v = s.prelu(conv_norm(s, v, 16, 1))
    v = s.norm(s.depthwise(v, 2, padding='valid'))
    v = s.flatten(s.norm(s.conv(v, 8, 1, padding='valid')))
    return s, [s.arcface(s.cosines(s.normalize(v), CLASSES))]


def recogniser():
    """Our own: a stem, 1-2-3-2 blocks of two 3x3 convolutions, global depthwise convolution, linear; narrow, on 24 x 24 pixels,
    learning a teacher's embeddings."""
    s = Step('recogniser', 6, 24, 24, 3)
    v = s.prelu(conv_norm(s, s.input, 4, 3, 2))
    for filters, repeat, stride in [(4, 1, 1), (6, 2, 2), (8, 3, 2), (12, 2, 2)]:
        for i in range(repeat):
            x, step = v, stride if i == 0 else 1
            v = s.prelu(conv_norm(s, x, filters, 3, step))
            v = conv_norm(s, v, filters, 3)
            if v.shape != x.shape:
                x = conv_norm(s, x, filters, 1, step)
            v = s.prelu(s.add(v, x))
    v = s.norm(s.depthwise(v, 2, padding='valid'))
    return s, [s.distance(s.dense(s.flatten(v), 8))]


def main():
    for make in [transfer_head, resnet_block, frozen_block, se_block, inception_resnet_block, mobilefacenet_block, pnet,
                 mobilefacenet, recogniser]:
        if len(sys.argv) > 2 and make.__name__ not in sys.argv[2:]:
            continue
        keras.backend.clear_session()
        step, parts = make()
        step.finish(os.path.join(sys.argv[1], make.__name__ + '.step'), *parts)


main()

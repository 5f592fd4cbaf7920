#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/optim.txt: five steps of Keras' optimisers on twelve numbers in two tensors, and rates of its
schedules. usage: golden-optim.py > tests/golden/optim.txt      (needs keras 3.15, any backend)
"""
import os

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import keras
import numpy as np

O = keras.optimizers
CASES = [
    ('sgd', O.SGD(0.1)),
    ('sgd momentum=0.9', O.SGD(0.1, momentum=0.9)),
    ('sgd momentum=0.9 nesterov decay=0.05', O.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.05)),
    ('rmsprop', O.RMSprop(0.1)),
    ('rmsprop momentum=0.5 centred rho=0.8', O.RMSprop(0.1, momentum=0.5, centered=True, rho=0.8)),
    ('adam', O.Adam(0.1)),
    ('adam beta1=0.8 beta2=0.95 epsilon=0.001', O.Adam(0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-3)),
    ('adamw', O.AdamW(0.1)),
    ('adamw decay=0.1 average=0.9', O.AdamW(0.1, weight_decay=0.1, use_ema=True, ema_momentum=0.9)),
    ('sgd clip_value=0.5', O.SGD(0.1, clipvalue=0.5)),
    ('sgd clip_norm=1', O.SGD(0.1, clipnorm=1.0)),
    ('adam clip_global=1', O.Adam(0.1, global_clipnorm=1.0)),
]


def numbers(values):
    print(' '.join('%.9g' % v for v in np.concatenate([np.asarray(v).ravel() for v in values])))


def main():
    random = np.random.default_rng(1)
    start = [random.normal(size=n).astype('float32') for n in (7, 5)]
    gradients = [[random.normal(size=n).astype('float32') for n in (7, 5)] for _ in range(5)]
    print('# weights at first (7 + 5), five gradients; then per case its words, the weights after five steps, their average')
    numbers(start)
    for g in gradients:
        numbers(g)
    for words, optimiser in CASES:
        variables = [keras.Variable(v) for v in start]
        optimiser.build(variables)
        for g in gradients:
            optimiser.apply(g, variables)
        print(words)
        numbers([v.numpy() for v in variables])
        if optimiser.use_ema:
            numbers([v.numpy() for v in optimiser._model_variables_moving_average])
    schedule = O.schedules.CosineDecay(0.0, 80, alpha=0.1, warmup_target=0.5, warmup_steps=20)
    print('cosine warmup=0.2 least=0.1')
    numbers([np.asarray(schedule(i)) for i in range(0, 100, 9)])


main()

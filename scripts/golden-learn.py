#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# tests/learn/data: what Keras, TensorFlow, OpenCV and Pillow make of two pictures, for tests/learn/test_augment.c, which has
# the same names and numbers; in which order Keras lists files, for tests/learn/test_dataset.c. Needs keras, tensorflow-cpu, opencv-python-headless, pillow; says their versions.
import io
import os
import pathlib
import tempfile

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['KERAS_BACKEND'] = 'tensorflow'
import cv2
import keras
import numpy as np
import PIL
import tensorflow as tf
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / 'tests' / 'learn' / 'data'
W, H = 48, 40


def busy():
    y, x = np.mgrid[0:H, 0:W]
    return np.stack([x * 7 + y * 13 + x * y * 3, x * x * 5 + y * 31, (x ^ y) * 11], -1).astype(np.uint8)


def smooth():
    whole = np.fromfile(ROOT / 'tests' / 'pixels' / 'data' / 'smooth-120x100.rgb', np.uint8).reshape(100, 120, 3)
    return whole[10:10 + H, 10:10 + W].copy()


def save(name, a):
    a = np.clip(np.round(np.asarray(a, np.float64)), 0, 255).astype(np.uint8)
    assert a.shape == (H, W, 3), a.shape
    a.tofile(OUT / f'{name}.rgb')


FILES = ['anna/1.png', 'anna/10.png', 'anna/2.png', 'anna/B.png', 'anna/b.PNG', 'anna/x/1.png', 'anna/x-y/1.png', 'anna/x/deep/er/1.jpg',
         'anna/xz/1.bmp', 'anna-lena/1.png', 'anna.k/1.png', 'Ben/1.jpeg', 'ben/1.png', 'Zoe/only/nested/1.png', 'émile/1.png',
         'Élodie/1.png', '李/1.png', 'unknown/1.png', '10/1.png', '9/1.png', 'o brien/it is.png', '_/1.png', '~/1.png']


def files():
    """The order and the labels of dataset_utils.index_directory without shuffling, one line a file: label, path."""
    from keras.src.utils import dataset_utils, image_dataset_utils
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        paths, labels, _ = dataset_utils.index_directory(folder, 'inferred', image_dataset_utils.ALLOWLIST_FORMATS, shuffle=False)
        lines = [f'{label} {os.path.relpath(path, folder)}\n' for path, label in zip(paths, labels)]
    assert len(lines) == len(FILES)
    (OUT / 'keras-files.txt').write_text(''.join(lines))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    print('keras', keras.__version__, 'tensorflow', tf.__version__, 'opencv', cv2.__version__, 'pillow', PIL.__version__)
    files()
    layers, s, b = keras.layers, smooth(), busy()
    sf, bf = s.astype(np.float32), b.astype(np.float32)

    # moves: fill_mode "reflect", bilinear, as is the layers' default
    save('rotation', layers.RandomRotation((30 / 360, 30 / 360))(sf, training=True))
    save('rotation-back', layers.RandomRotation((-100 / 360, -100 / 360))(sf, training=True))
    save('translation', layers.RandomTranslation((-0.2, -0.2), (0.13, 0.13))(sf, training=True))
    save('zoom-out', layers.RandomZoom((0.3, 0.3))(sf, training=True))
    save('zoom-in', layers.RandomZoom((-0.4, -0.4))(sf, training=True))
    cx, cy = (W - 1) / 2, (H - 1) / 2
    shear = [1, 0.2, -0.2 * cy, 0.1, 1, -0.1 * cx, 0, 0]
    save('shear', keras.ops.image.affine_transform(sf, np.array(shear, np.float32), 'bilinear', 'reflect'))

    # touches
    for name, v in (('brightness', 0.2), ('brightness-down', -0.35)):
        save(name, layers.RandomBrightness(1.0).transform_images(bf, {'rgb_delta': np.float32(255 * v)}))
    for name, v in (('contrast', 0.5), ('contrast-down', -0.5)):
        save(name, layers.RandomContrast(1.0, value_range=(0, 255)).transform_images(bf, {'contrast_factor': np.float32(1 + v)}))
    for name, v in (('saturation', 0.6), ('saturation-down', -0.6)):
        save(name, 255 * tf.image.adjust_saturation(bf / 255, 1 + v).numpy())
        layer = layers.RandomSaturation(1.0, value_range=(0, 1))
        same = layer.transform_images(bf[None] / 255, {'factor': np.array([1 + v], np.float32)})[0]
        print(f'{name}: keras.layers.RandomSaturation is at most',
              float(np.abs(255 * np.asarray(same) - 255 * tf.image.adjust_saturation(bf / 255, 1 + v).numpy()).max()), 'levels away')
    for name, v in (('hue', 0.1), ('hue-back', -0.3)):
        save(name, 255 * tf.image.adjust_hue(bf / 255, v).numpy())
    save('grey', np.repeat(np.asarray(keras.ops.image.rgb_to_grayscale(bf)), 3, -1))
    for name, v in (('gamma', 0.5), ('gamma-down', -0.5)):
        save(name, 255 * tf.image.adjust_gamma(bf / 255, 1 + v).numpy())
    written = io.BytesIO()
    Image.fromarray(s).save(written, 'JPEG', quality=30)
    save('jpeg', np.array(Image.open(written)))
    print('jpeg: tf.image.adjust_jpeg_quality, which decodes more roughly, is at most',
          int(np.abs(tf.image.adjust_jpeg_quality(tf.constant(s), 30).numpy().astype(int) - np.array(Image.open(written))).max()), 'levels away')
    save('blur', cv2.GaussianBlur(bf, (11, 11), 1.5, borderType=cv2.BORDER_REFLECT))
    small = cv2.resize(b, (W // 2, H // 2), interpolation=cv2.INTER_AREA)
    save('downscale', cv2.resize(small, (W, H), interpolation=cv2.INTER_LINEAR))


main()

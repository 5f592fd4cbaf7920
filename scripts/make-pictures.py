#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Makes tests/image/data (tiny synthetic pictures in every form that a decoder meets) and tests/pixels/data (what Pillow,
# OpenCV and TensorFlow make of a computed picture). Needs Pillow, numpy, OpenCV, TensorFlow; the results are committed.
import os
import sys

import cv2
import numpy as np
from PIL import Image, ImageOps

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tests')
image_dir, pixels_dir = os.path.join(here, 'image', 'data'), os.path.join(here, 'pixels', 'data')


def ramp(w=48, h=32):
    """No two corners alike, so that every wrong turn shows: tests/image/test_image.c has the same formula."""
    y, x = np.mgrid[0:h, 0:w]
    return np.stack([x * 5, y * 7, (x + 2 * y) * 2], -1).astype(np.uint8)


def exif(orientation):
    e = Image.Exif()
    e[0x0112] = orientation
    e.get_ifd(0x8769)[0x9003] = '2024:07:31 18:02:11'
    return e


def pictures():
    def out(name):
        return os.path.join(image_dir, name)

    rgb = Image.fromarray(ramp())
    rgb.save(out('rgb.png'))
    undo = {1: None, 2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM, 5: Image.TRANSPOSE,
            6: Image.ROTATE_90, 7: Image.TRANSVERSE, 8: Image.ROTATE_270}
    for o, how in undo.items():
        stored = rgb if how is None else rgb.transpose(how)
        stored.save(out(f'o{o}.jpg'), quality=95, subsampling=0, exif=exif(o))
        assert np.abs(np.array(ImageOps.exif_transpose(Image.open(out(f'o{o}.jpg')))).astype(int) - ramp()).max() < 12
    rgb.transpose(undo[6]).save(out('o6.png'), exif=exif(6))

    expected = {}

    def keep(name, picture, **options):
        picture.save(out(name), **options)
        expected[name] = None

    grey = rgb.convert('L')
    alpha = Image.fromarray(np.tile(np.linspace(0, 255, 48).astype(np.uint8), (32, 1)))
    keep('grey.png', grey)
    keep('grey1.png', grey.convert('1'))
    keep('palette.png', rgb.quantize(64))
    keep('palette-trns.png', rgb.quantize(16), transparency=3)
    keep('alpha.png', Image.merge('RGBA', (*rgb.split(), alpha)))
    keep('grey-alpha.png', Image.merge('LA', (grey, alpha)))
    cv2.imwrite(out('rgb16.png'), (ramp().astype(np.uint16) * 257)[..., ::-1])
    expected['rgb16.png'] = rgb
    cv2.imwrite(out('grey16.png'), np.array(grey).astype(np.uint16) * 257)
    expected['grey16.png'] = grey.convert('RGB')
    keep('grey.jpg', grey, quality=95)
    keep('progressive.jpg', rgb, quality=90, progressive=True)
    keep('subsampled.jpg', rgb, quality=90, subsampling=2)
    keep('cmyk.jpg', rgb.convert('CMYK'), quality=95)
    for name, want in expected.items():
        if want is None:
            got = Image.open(out(name))
            if got.mode in ('RGBA', 'LA', 'PA') or 'transparency' in got.info:
                got = got.convert('RGBA')
                want = Image.new('RGBA', got.size, 'white')
                want.alpha_composite(got)
            else:
                want = got
        want.convert('RGB').save(out(name.replace('.', '-') + '.expected.png'))
    for name, fmt in (('stranger.gif', 'GIF'), ('stranger.bmp', 'BMP')):
        rgb.resize((4, 4)).save(out(name), fmt)


def busy(w=61, h=47):
    y, x = np.mgrid[0:h, 0:w]
    return np.stack([x * 7 + y * 13 + x * y * 3, x * x * 5 + y * 31, (x ^ y) * 11], -1).astype(np.uint8)


def goldens():
    def save(name, a):
        a.tofile(os.path.join(pixels_dir, name))

    picture = busy()
    for w, h in ((20, 15), (61, 30), (33, 47), (90, 70), (1, 1)):
        save(f'pillow-{w}x{h}.rgb', np.array(Image.fromarray(picture).resize((w, h), Image.BILINEAR)))
    box = (10.25, 5.5, 50.75, 40.0)
    save('pillow-box.rgb', np.array(Image.fromarray(picture).resize((20, 15), Image.BILINEAR, box=box)))
    for w, h in ((20, 15), (30, 20)):
        save(f'area-{w}x{h}.rgb', cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA))
    smooth = cv2.GaussianBlur(cv2.resize(picture, (9, 7), interpolation=cv2.INTER_AREA), (0, 0), 1)
    smooth = cv2.resize(smooth, (120, 100), interpolation=cv2.INTER_CUBIC)
    save('smooth-120x100.rgb', smooth)
    maps = {'turn': [0.9, -0.3, 20, 0.3, 0.9, 5], 'enlarge': [0.4, 0.1, 30.5, -0.1, 0.4, 40.25],
            'shrink': [1.4, 0.1, -8, -0.1, 1.4, 3]}
    for name, m in maps.items():
        save(f'warp-{name}-40x30.rgb',
             cv2.warpAffine(smooth, np.array(m, np.float64).reshape(2, 3), (40, 30),
                            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    import tensorflow as tf
    resize = tf.raw_ops.ResizeBilinear
    for w, h in ((17, 11), (70, 50)):
        for form, options in {'half': {'half_pixel_centers': True}, 'legacy': {}, 'corners': {'align_corners': True}}.items():
            save(f'tf-{form}-{w}x{h}.f32',
                 resize(images=picture[None].astype(np.float32), size=[h, w], **options).numpy().astype('<f4'))


os.makedirs(image_dir, exist_ok=True)
os.makedirs(pixels_dir, exist_ok=True)
pictures()
goldens()
sys.exit(0)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Pictures that are committed:
#   make-pictures.py tests    tests/image/data (tiny synthetic pictures in every form that a decoder meets) and
#                             tests/pixels/data (what Pillow, OpenCV and TensorFlow make of a computed picture)
#   make-pictures.py docs     docs/family-wall.jpg and docs/tour/: one photo's way through build/kin, from samples/
#   make-pictures.py learning docs/learning.jpg: a sheet of kin augment, of samples/people
#   make-pictures.py report   docs/doctor.jpg: what kin doctor --html shows of samples/ with a wrong label and one person twice
# Needs Pillow and numpy; `tests` OpenCV and TensorFlow too, `report` Chromium.
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

ROOT = pathlib.Path(__file__).resolve().parent.parent
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
    import cv2

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


def busy(w=61, h=47):
    y, x = np.mgrid[0:h, 0:w]
    return np.stack([x * 7 + y * 13 + x * y * 3, x * x * 5 + y * 31, (x ^ y) * 11], -1).astype(np.uint8)


def goldens():
    import cv2

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


def kin(*words, status=(0, 1)):
    """What the command prints."""
    done = subprocess.run([ROOT / 'build' / 'kin', *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode in status, (words, done.returncode)
    return done.stdout


def side_by_side(panels, gap=8):
    out = Image.new('RGB', (sum(p.width for p in panels) + gap * (len(panels) - 1), max(p.height for p in panels)), 'white')
    x = 0
    for panel in panels:
        out.paste(panel, (x, 0))
        x += panel.width + gap
    return out


def score_maps(upright, folder):
    """The detector's scores a stride, as the network gives them, over what it looks at: the photo, then half of it."""
    half = upright.resize((upright.width // 2, upright.height // 2), Image.BILINEAR)
    rows = [one_pass(view, folder / str(view.width), upright.size) for view in (upright, half)]
    out = Image.new('RGB', (rows[0].width, rows[0].height * 2 + 8), 'white')
    out.paste(rows[0], (0, 0))
    out.paste(rows[1], (0, rows[0].height + 8))
    return out


def one_pass(upright, folder, size):
    folder.mkdir()
    rgb = np.array(upright, np.float32)
    tall, wide = (-(-n // 32) * 32 for n in rgb.shape[:2])
    np.save(folder / 'input.npy', np.pad(rgb, ((0, tall - rgb.shape[0]), (0, wide - rgb.shape[1]), (0, 0)))[None])
    (folder / 'maps').mkdir()
    subprocess.run([ROOT / 'build' / 'tests' / 'dump_layers', ROOT / 'models' / 'detector.tflite', folder / 'input.npy', folder / 'maps'],
                   check=True, stdout=subprocess.DEVNULL)
    found = {}
    for path in (folder / 'maps').glob('*.npy'):
        layer = np.load(path)
        if layer.ndim == 4 and layer.shape[3] == 15:
            found[tall // layer.shape[1]] = 1 / (1 + np.exp(-layer[0, :, :, 0]))
    panels = []
    for stride in sorted(found):
        heat = Image.fromarray((found[stride] * 255).astype(np.uint8)).resize((wide, tall), Image.NEAREST).crop((0, 0, *upright.size))
        grey = np.array(upright.convert('L').convert('RGB'), float) * 0.55
        grey[..., 0] += np.array(heat, float) * 0.6
        grey[..., 1] += np.array(heat, float) * 0.3
        panels.append(Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).resize((size[0] // 2, size[1] // 2), Image.NEAREST))
        print(f'{upright.width} x {upright.height}, stride {stride}: map {list(found[stride].shape)}, cells of 0.5 or more: {int((found[stride] >= 0.5).sum())}, best {found[stride].max():.3f}')
    return side_by_side(panels)


def stripes(vectors, height=26):
    """A vector a row, a number a column: blue below zero, red above."""
    out = Image.new('RGB', (len(vectors[0]) * 6, (height + 6) * len(vectors) - 6), 'white')
    draw = ImageDraw.Draw(out)
    for row, vector in enumerate(vectors):
        for i, v in enumerate(vector):
            w = 1 - min(1, abs(v) * 5)
            colour = (255, int(255 * w), int(255 * w)) if v > 0 else (int(255 * w), int(255 * w), 255)
            draw.rectangle([i * 6, row * (height + 6), i * 6 + 5, row * (height + 6) + height - 1], fill=colour)
    return out


# Where the rooms stand: floor from the street up, part of the width. Rooms of a floor include nothing of each other.
PLACES = {'base': (0, .5), 'os': (1, .3), 'kern': (1, .62), 'pixels': (2, .57), 'nn': (2, .78),
          'tags': (2, .16), 'gallery': (3, .1), 'image': (3, .34), 'face': (3, .62), 'zoo': (3, .88),
          'format': (4, .64), 'api': (5, .62), 'learn': (6, .2), 'app': (7, .5)}
PUBLIC = {'kin': ('image', 'face', 'gallery', 'nn'), 'image': ('image',), 'face': ('face',), 'gallery': ('gallery',), 'model': ('nn',)}
HEART = {'base', 'kern', 'nn', 'pixels', 'face', 'format'}


def rooms():
    """docs/rooms.png: a box a room with its lines of code, arrows from the includes of src/; one that follows from others
    is left out."""
    lines, arrows = {}, set()
    for path in sorted((ROOT / 'src').glob('*/**/*')):
        if path.suffix not in ('.c', '.h', '.inc'):
            continue
        room = path.relative_to(ROOT / 'src').parts[0]
        text = path.read_text()
        lines[room] = lines.get(room, 0) + text.count('\n')
        for other in re.findall(r'^ *# *include *"(\w+)/', text, re.M):
            if other != room and (ROOT / 'src' / other).is_dir():
                arrows.add((room, other))
        if room == 'app':  # the command uses the library as any program does
            for header in re.findall(r'^ *# *include *["<]kin/(\w+)', text, re.M):
                arrows.update((room, other) for other in PUBLIC.get(header, ()))
    assert sorted(lines) == sorted(PLACES), 'PLACES does not list the rooms of src/'

    def reach(room):
        return {room}.union(*(reach(below) for above, below in arrows if above == room))

    arrows = {(a, b) for a, b in arrows if not any(b in reach(c) for x, c in arrows if x == a and c != b)}
    width, height, tall, wide = 1000, 100, 56, 160
    out = Image.new('RGB', (width, height * 8 - 16), 'white')
    draw = ImageDraw.Draw(out)
    font, small = (ImageFont.truetype('DejaVuSans.ttf', size) for size in (20, 14))
    place = {name: (int(width * x), height * (7 - floor) + 15 + tall // 2) for name, (floor, x) in PLACES.items()}
    for above, below in sorted(arrows):
        (x0, y0), (x1, y1) = place[above], place[below]
        assert y0 < y1, f'{above} includes {below}, which stands no lower'
        # leaves the box towards its goal, so that arrows to several rooms do not lie on one another
        lean = max(-60, min(60, (x1 - x0) // 4))
        start, end = (x0 + lean, y0 + tall // 2), (x1 - lean // 2, y1 - tall // 2)
        draw.line([start, end], fill='#607080', width=2)
        draw.polygon([end, (end[0] - 5, end[1] - 9), (end[0] + 5, end[1] - 9)], fill='#607080')
    for name, (x, y) in place.items():
        draw.rounded_rectangle([x - wide // 2, y - tall // 2, x + wide // 2, y + tall // 2], 8, width=2, outline='#405060',
                               fill='#ffe9c9' if name in HEART else '#e4eefa')
        draw.text((x, y - 9), name, font=font, fill='black', anchor='mm')
        draw.text((x, y + 14), f'{lines[name]:,} lines', font=small, fill='#405060', anchor='mm')
    out.quantize(64).save(ROOT / 'docs' / 'rooms.png', optimize=True)


def documents():
    rooms()
    out = ROOT / 'docs' / 'tour'
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        os.environ['XDG_DATA_HOME'] = str(folder)
        kin('enroll', '-q', '--from', 'samples/people')
        kin('identify', '-o', 'docs/family-wall.jpg', 'samples/family-wall.jpg')

        # the photo: two portraits of the wall, put down as a camera does that was held upright: lying, with EXIF 6
        exif = Image.Exif()
        exif[0x0112] = 6
        wall = Image.open(ROOT / 'samples' / 'family-wall.jpg')
        wall.crop((340, 460, 940, 820)).transpose(Image.ROTATE_90).save(out / 'photo.jpg', quality=92, exif=exif)

        photo = 'docs/tour/photo.jpg'
        kin('detect', '--min-face', '10000', '-o', str(folder / 'upright.png'), photo)  # no face, nothing drawn
        upright = Image.open(folder / 'upright.png').convert('RGB')
        lying = Image.open(out / 'photo.jpg').convert('RGB')
        side_by_side([lying.resize((lying.width // 2, lying.height // 2)), upright.resize((upright.width // 2, upright.height // 2))]).save(
            out / '1-upright.jpg', quality=88)
        score_maps(upright, folder).save(out / '2-scores.jpg', quality=88)
        kin('detect', '-o', 'docs/tour/3-faces.jpg', photo)

        kin('crop', '-o', str(folder), photo)
        crops = []
        for path in sorted(folder.glob('photo-*.png')):
            crop = Image.open(path).convert('RGB').resize((336, 336), Image.NEAREST)
            draw = ImageDraw.Draw(crop)
            for x, y in ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)):
                x, y = (x + 0.5) * 3, (y + 0.5) * 3
                draw.line([x - 6, y, x + 6, y], fill='lime', width=2)
                draw.line([x, y - 6, x, y + 6], fill='lime', width=2)
            crops.append(crop)
        side_by_side(crops).save(out / '4-crops.jpg', quality=88)

        def vectors(path):
            return [f['embedding'] for f in json.loads(kin('embed', '--json', path))['faces']]
        first, second = vectors(photo)
        other = vectors('samples/people/elena/elena-1.jpg')[0]
        stripes([other, second, first]).save(out / '5-vectors.png')
        for name, a, b in (('elena-1 and face 1', other, first), ('elena-1 and face 2', other, second), ('face 1 and face 2', first, second)):
            print(f'{name}: cosine {np.dot(a, b):.3f}')
        kin('identify', '-o', 'docs/tour/6-names.jpg', photo)


def learning():
    with tempfile.TemporaryDirectory() as folder:
        kin('augment', '-q', 'samples/people', '-o', f'{folder}/sheet.png')
        sheet = Image.open(f'{folder}/sheet.png').convert('RGB')
        sheet.crop((0, 0, sheet.width, sheet.height * 41 // 100)).resize((sheet.width * 3 // 4, sheet.height * 41 * 3 // 400), Image.LANCZOS).save(
            ROOT / 'docs' / 'learning.jpg', quality=85, optimize=True)


def report():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        people, page, shot = folder / 'people', folder / 'report.html', folder / 'report.png'
        shutil.copytree(ROOT / 'samples' / 'people', people, ignore=shutil.ignore_patterns('farid'))
        (people / 'lena').mkdir()
        (people / 'bruno' / 'bruno-5.jpg').rename(people / 'amara' / 'beach.jpg')
        for name in ('elena-1.jpg', 'elena-2.jpg'):
            (people / 'elena' / name).rename(people / 'lena' / name)
        kin('enroll', '-q', '-g', folder / 'gallery.db', '--from', people)
        kin('doctor', '-g', folder / 'gallery.db', '--html', page)
        page.write_text(page.read_text().replace(f'{folder}/', ''))
        subprocess.run(['chromium', '--headless', '--no-sandbox', '--hide-scrollbars', '--window-size=1000,1036',
                        f'--screenshot={shot}', page.as_uri()], check=True, capture_output=True)
        Image.open(shot).convert('RGB').save(ROOT / 'docs' / 'doctor.jpg', quality=82, optimize=True)


if sys.argv[1:] == ['tests']:
    os.makedirs(image_dir, exist_ok=True)
    os.makedirs(pixels_dir, exist_ok=True)
    pictures()
    goldens()
elif sys.argv[1:] == ['docs']:
    documents()
elif sys.argv[1:] == ['learning']:
    learning()
elif sys.argv[1:] == ['report']:
    report()
else:
    sys.exit('usage: make-pictures.py tests | docs | learning | report')

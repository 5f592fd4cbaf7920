#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# tests/image/data/formats: the ramp of make-pictures.py in every form of WebP, GIF, BMP, TIFF, HEIC and AVIF that a decoder meets.
# NAME.EXT comes with NAME-EXT.expected.png where it is not the ramp itself. Needs Pillow 11.3 or later, numpy and libheif with its encoders.
import ctypes
import os
import pathlib
import struct

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent.parent / 'tests' / 'image' / 'data' / 'formats'
W, H = 48, 32
UNDO = {1: None, 2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM, 5: Image.TRANSPOSE,
        6: Image.ROTATE_90, 7: Image.TRANSVERSE, 8: Image.ROTATE_270}


def ramp(w=W, h=H):
    y, x = np.mgrid[0:h, 0:w]
    return np.stack([x * 5, y * 7, (x + 2 * y) * 2], -1).astype(np.uint8)


RGB = Image.fromarray(ramp())
ALPHA = Image.fromarray(np.tile(np.linspace(0, 255, W).astype(np.uint8), (H, 1)))
RGBA = Image.merge('RGBA', (*RGB.split(), ALPHA))


def exif(orientation):
    e = Image.Exif()
    e[0x0112] = orientation
    e.get_ifd(0x8769)[0x9003] = '2024:07:31 18:02:11'
    return e


def on_white(picture):
    white = Image.new('RGBA', picture.size, 'white')
    white.alpha_composite(picture.convert('RGBA'))
    return white.convert('RGB')


def expect(name, picture):
    picture.convert('RGB').save(HERE / (name.replace('.', '-') + '.expected.png'))


def stored(orientation):
    return RGB if orientation == 1 else RGB.transpose(UNDO[orientation])


def webp():
    for o in UNDO:
        stored(o).save(HERE / f'o{o}.webp', lossless=True, exif=exif(o))
    RGBA.save(HERE / 'alpha.webp', lossless=True, exact=True)
    expect('alpha.webp', on_white(RGBA))
    RGB.save(HERE / 'lossy.webp', quality=95)
    lossy = RGBA.copy()
    lossy.save(HERE / 'lossy-alpha.webp', quality=95)
    expect('lossy-alpha.webp', on_white(RGBA))
    other = Image.fromarray(255 - ramp())
    RGB.save(HERE / 'animated.webp', save_all=True, append_images=[other, RGB], lossless=True, duration=100)


def gif():
    few = RGB.quantize(64)
    few.save(HERE / 'plain.gif', interlace=0)
    few.save(HERE / 'interlaced.gif', interlace=1)
    for name in ('plain.gif', 'interlaced.gif'):
        expect(name, few)
    trns = RGB.quantize(16)
    trns.save(HERE / 'transparent.gif', transparency=3)
    expect('transparent.gif', on_white(Image.open(HERE / 'transparent.gif').convert('RGBA')))
    few.save(HERE / 'animated.gif', save_all=True, append_images=[Image.fromarray(255 - ramp()).quantize(64)], duration=100)
    expect('animated.gif', few)
    # a frame of 48 x 32 that stands at 5, 3 of a canvas of 60 x 40
    data = bytearray((HERE / 'plain.gif').read_bytes())
    data[6:10] = struct.pack('<HH', 60, 40)
    palette = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    at = data.index(b',\0\0\0\0' + struct.pack('<HH', W, H), palette)
    data[at + 1:at + 5] = struct.pack('<HH', 5, 3)
    (HERE / 'offset.gif').write_bytes(data)
    canvas = Image.new('RGB', (60, 40), 'white')
    canvas.paste(few.convert('RGB'), (5, 3))
    expect('offset.gif', canvas)


def bmp_file(header, palette, pixels, masks=b''):
    offset = 14 + len(header) + len(masks) + len(palette)
    return struct.pack('<2sIHHI', b'BM', offset + len(pixels), 0, 0, offset) + header + masks + palette + pixels


def info(bits, compression=0, size=40, height=H, colours=0, more=b''):
    return (struct.pack('<IiiHHIIiiII', size, W, height, 1, bits, compression, 0, 2835, 2835, colours, 0) + more).ljust(size, b'\0')


def rows(array, bits):
    """Rows from the bottom, padded to four bytes."""
    out = b''
    for row in array[::-1]:
        line = row.tobytes() if bits >= 8 else np.packbits(
            np.unpackbits(row.astype(np.uint8)[:, None], axis=1)[:, 8 - bits:].reshape(-1)).tobytes()
        out += line + b'\0' * (-len(line) % 4)
    return out


def bmp():
    RGB.save(HERE / 'rgb.bmp')
    grey = RGB.convert('L')
    grey.save(HERE / 'grey.bmp')
    expect('grey.bmp', grey)
    grey.convert('1').save(HERE / 'black.bmp')
    expect('black.bmp', grey.convert('1'))
    few = RGB.quantize(16)
    number, colours = np.array(few), np.array(few.getpalette()[:48], np.uint8).reshape(-1, 3)
    colours = np.vstack([colours, np.zeros((16 - len(colours), 3), np.uint8)])
    bgrx = np.hstack([colours[:, ::-1], np.zeros((16, 1), np.uint8)]).tobytes()
    forms = {'four.bmp': bmp_file(info(4), bgrx, rows(number, 4)),
             'top.bmp': bmp_file(info(4, height=-H), bgrx, rows(number[::-1], 4)),
             'os2.bmp': bmp_file(struct.pack('<IHHHH', 12, W, H, 1, 4), colours[:, ::-1].tobytes(), rows(number, 4)),
             'runs8.bmp': bmp_file(info(8, 1, colours=16), bgrx, runs(number[::-1], 8)),
             'runs4.bmp': bmp_file(info(4, 2, colours=16), bgrx, runs(number[::-1], 4))}
    for name, data in forms.items():
        (HERE / name).write_bytes(data)
        expect(name, few)
    p = ramp().astype(np.uint32)
    full = (p[..., 0] >> 3 << 11 | p[..., 1] >> 2 << 5 | p[..., 2] >> 3).astype('<u2')
    (HERE / '565.bmp').write_bytes(bmp_file(info(16, 3), b'', rows(full, 16), struct.pack('<III', 0xF800, 0x07E0, 0x1F)))
    (HERE / '555.bmp').write_bytes(bmp_file(
        info(16), b'', rows((p[..., 0] >> 3 << 10 | p[..., 1] >> 3 << 5 | p[..., 2] >> 3).astype('<u2'), 16)))
    def wide(x, bits):
        return np.round((x >> (8 - bits)) * 255 / ((1 << bits) - 1)).astype(np.uint8)
    expect('565.bmp', Image.fromarray(np.stack([wide(p[..., 0], 5), wide(p[..., 1], 6), wide(p[..., 2], 5)], -1)))
    expect('555.bmp', Image.fromarray(np.stack([wide(p[..., c], 5) for c in range(3)], -1)))
    a = np.array(ALPHA).astype(np.uint32)
    argb = (a << 24 | p[..., 0] << 16 | p[..., 1] << 8 | p[..., 2]).astype('<u4')
    masks = struct.pack('<IIII', 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    (HERE / 'alpha.bmp').write_bytes(bmp_file(info(32, 3, 124, more=masks), b'', rows(argb, 32)))
    expect('alpha.bmp', on_white(RGBA))
    (HERE / 'no-alpha.bmp').write_bytes(bmp_file(info(32, 3, 124, more=masks), b'', rows(argb & 0xFFFFFF, 32)))
    (HERE / 'x.bmp').write_bytes(bmp_file(info(32), b'', rows(argb & 0xFFFFFF, 32)))


def runs(number, bits):
    """Rows from the bottom, as runs, numbers as they are, and a step over the first pixels of the second row."""
    out = b''
    for y, row in enumerate(number):
        x = 0
        if y == 1 and not row[:2].any():
            out += bytes([0, 2, 2, 0])
            x = 2
        while x < W:
            n = 1
            while x + n < W and row[x + n] == row[x] and n < 255:
                n += 1
            if n >= 3 or W - x < 3:
                out += bytes([n, int(row[x]) * (17 if bits == 4 else 1)])
            else:
                n = min(5, W - x)
                word = row[x:x + n].astype(np.uint8)
                if bits == 4:
                    word = np.append(word, 0)[:(n + 1) // 2 * 2]
                    word = (word[::2] << 4 | word[1::2]).astype(np.uint8)
                out += bytes([0, n]) + word.tobytes() + b'\0' * (len(word) % 2)
            x += n
        out += b'\0\0'
    return out + b'\0\1'


def tiff():
    for o in UNDO:
        (HERE / f'o{o}.tif').write_bytes(plain_tiff(np.array(stored(o)), more=[(274, 3, [o])]))
    for name in ('raw', 'lzw', 'packbits', 'adobe_deflate'):
        RGB.save(HERE / f'{name.replace("_", "-")}.tif', compression=None if name == 'raw' else 'tiff_' + name)
    RGB.save(HERE / 'jpeg.tif', compression='jpeg', quality=95)
    grey = RGB.convert('L')
    grey.save(HERE / 'grey.tif', compression='tiff_lzw')
    expect('grey.tif', grey)
    grey.convert('1').save(HERE / 'fax.tif', compression='group4')
    expect('fax.tif', grey.convert('1'))
    few = RGB.quantize(64)
    few.save(HERE / 'palette.tif', compression='tiff_lzw')
    expect('palette.tif', few)
    RGBA.save(HERE / 'alpha.tif', compression='tiff_lzw')
    expect('alpha.tif', on_white(RGBA))
    RGB.convert('CMYK').save(HERE / 'cmyk.tif', compression='tiff_lzw')
    expect('cmyk.tif', RGB.convert('CMYK'))
    RGB.save(HERE / 'pages.tif', save_all=True, append_images=[Image.fromarray(255 - ramp())], compression='tiff_lzw')
    RGB.save(HERE / 'big.tif', big_tiff=True)
    sixteen = Image.fromarray(np.array(grey).astype(np.uint16) * 257)
    sixteen.save(HERE / 'grey16.tif')
    expect('grey16.tif', grey)
    (HERE / 'rgb16-big-endian.tif').write_bytes(plain_tiff(ramp().astype('>u2') * 257))
    (HERE / 'raw-photo.tif').write_bytes(plain_tiff(ramp().astype('>u2') * 257, kind=1))
    (HERE / 'tiles.tif').write_bytes(plain_tiff(ramp().astype('u1'), tile=16))


def plain_tiff(pixels, kind=0, tile=0, more=()):
    """A TIFF of Motorola's byte order without compression: strips of ten rows, or tiles; with the date as EXIF has it."""
    tall, wide = pixels.shape[:2]
    size = pixels.dtype.itemsize
    pixels = pixels.astype(pixels.dtype.newbyteorder('>'))
    if tile:
        parts = [pixels[y:y + tile, x:x + tile].tobytes() for y in range(0, tall, tile) for x in range(0, wide, tile)]
    else:
        parts = [pixels[y:y + 10].tobytes() for y in range(0, tall, 10)]
    entries, behind = [], b''
    tags = [(254, 4, [kind]), (256, 4, [wide]), (257, 4, [tall]), (258, 3, [8 * size] * 3), (259, 3, [1]), (262, 3, [2]), (277, 3, [3]),
            (0x8769, 4, [0]), *more]
    tags += [(322, 4, [tile]), (323, 4, [tile]), (324, 4, None), (325, 4, [len(p) for p in parts])] if tile else [
        (273, 4, None), (278, 4, [10]), (279, 4, [len(p) for p in parts])]
    tags.sort()
    base = 8 + 2 + 12 * len(tags) + 4
    room = sum(n for n in (struct.calcsize('>' + 'HI'[k == 4] * (len(v) if v else len(parts))) for _, k, v in tags) if n > 4)
    first = base + room
    offsets = [first + sum(len(p) for p in parts[:i]) for i in range(len(parts))]
    end = offsets[-1] + len(parts[-1])
    date = struct.pack('>HHHII', 1, 0x9003, 2, 20, end + 18) + b'\0\0\0\0' + b'2024:07:31 18:02:11\0'
    for tag, k, v in tags:
        v = offsets if v is None else [end] if tag == 0x8769 else v
        data = struct.pack('>' + 'HI'[k == 4] * len(v), *v)
        if len(data) > 4:
            entries.append(struct.pack('>HHII', tag, k, len(v), base + len(behind)))
            behind += data
        else:
            entries.append(struct.pack('>HHI', tag, k, len(v)) + data.ljust(4, b'\0'))
    return b'MM\0*' + struct.pack('>IH', 8, len(entries)) + b''.join(entries) + b'\0\0\0\0' + behind + b''.join(parts) + date


class Error(ctypes.Structure):
    _fields_ = [('code', ctypes.c_int), ('subcode', ctypes.c_int), ('message', ctypes.c_char_p)]


class Options(ctypes.Structure):  # heif_encoding_options of libheif 1.14 and later, as far as needed
    _fields_ = [('version', ctypes.c_uint8), ('alpha', ctypes.c_uint8), ('grid', ctypes.c_uint8), ('two', ctypes.c_uint8),
                ('profile', ctypes.c_void_p), ('no_profile', ctypes.c_uint8), ('orientation', ctypes.c_int)]


HEVC, AV1 = 1, 4
RGB_SPACE, INTERLEAVED_RGB, INTERLEAVED_RGBA, INTERLEAVED = 1, 10, 11, 10


def heif_file(name, picture, coding, orientation=1, more=None):
    """By libheif, with irot and imir as boxes and, as phones do, the same orientation in the EXIF too."""
    heif = ctypes.CDLL('libheif.so.1')
    for function in ('heif_context_alloc', 'heif_encoding_options_alloc', 'heif_image_get_plane'):
        getattr(heif, function).restype = ctypes.c_void_p
    pointer, number = ctypes.c_void_p, ctypes.c_int

    def do(function, *arguments):
        call = getattr(heif, function)
        call.restype = Error
        error = call(*arguments)
        assert error.code == 0, (function, error.message)

    context, encoder, image, handle = pointer(heif.heif_context_alloc()), pointer(), pointer(), pointer()
    do('heif_context_get_encoder_for_format', context, coding, ctypes.byref(encoder))
    do('heif_encoder_set_lossy_quality', encoder, 90)
    do('heif_encoder_set_parameter', encoder, b'chroma', b'444')
    pixels = np.array(picture)
    tall, wide, channels = pixels.shape
    do('heif_image_create', wide, tall, RGB_SPACE, INTERLEAVED_RGB if channels == 3 else INTERLEAVED_RGBA, ctypes.byref(image))
    do('heif_image_add_plane', image, INTERLEAVED, wide, tall, 8)
    stride = number()
    plane = heif.heif_image_get_plane(image, INTERLEAVED, ctypes.byref(stride))
    for y in range(tall):
        ctypes.memmove(plane + y * stride.value, pixels[y].tobytes(), wide * channels)
    options = heif.heif_encoding_options_alloc()
    Options.from_address(options).orientation = orientation
    do('heif_context_encode_image', context, image, encoder, pointer(options), ctypes.byref(handle))
    if more:
        data = more.tobytes()[6:]
        do('heif_context_add_exif_metadata', context, handle, data, len(data))
    do('heif_context_write_to_file', context, os.fsencode(HERE / name))


def heif():
    for o in UNDO:
        picture = stored(o).resize((stored(o).width * 2, stored(o).height * 2), Image.NEAREST)
        heif_file(f'o{o}.heic', picture, HEVC, o, exif(o))
        heif_file(f'o{o}.avif', picture, AV1, o, exif(o))
    wide = RGBA.resize((W * 2, H * 2), Image.NEAREST)
    heif_file('alpha.heic', wide, HEVC)
    expect('alpha.heic', on_white(wide))


HERE.mkdir(exist_ok=True)
webp()
gif()
bmp()
tiff()
heif()

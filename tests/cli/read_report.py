# SPDX-License-Identifier: Apache-2.0
#
# read_report.py FILE: a report of kin --html is well-formed (read as XML, strictly), and nothing in it runs, loads or links.
# Prints its text, and "PICTURES n".
import base64
import re
import sys
import xml.etree.ElementTree

page = open(sys.argv[1], encoding='utf-8').read()
root = xml.etree.ElementTree.fromstring(page.split('\n', 1)[1])
allowed = set('html head meta title style body h1 h2 p div span b bdi i br code figure figcaption img table tr th td svg path text line '
              'circle footer'.split())
policy, pictures = '', 0
for tag in root.iter():
    assert tag.tag in allowed, f'<{tag.tag}>'
    for name, value in tag.attrib.items():
        assert not name.startswith('on') and name not in ('href', 'srcset', 'action', 'data'), name
        assert 'url(' not in value or name in ('alt', 'title'), value
        if name == 'src':
            head, data = value.split(',', 1)
            assert tag.tag == 'img' and head == 'data:image/jpeg;base64', head
            bytes_ = base64.b64decode(data, validate=True)
            assert bytes_[:3] == b'\xff\xd8\xff' and bytes_[-2:] == b'\xff\xd9', 'a cut-off picture'
            pictures += 1
    if tag.attrib.get('http-equiv') == 'Content-Security-Policy':
        policy = tag.attrib['content']
    if tag.tag == 'style':
        assert '@import' not in tag.text and 'url(' not in tag.text, 'a style that loads'
assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'"), policy
assert not re.search(r'\b(https?:)?//\w', re.sub(r'(src|alt|title)="[^"]*"', '', page)), 'something from elsewhere'
body = root.find('body')
print(' '.join(' '.join(body.itertext()).split()))
print(f'PICTURES {pictures}')

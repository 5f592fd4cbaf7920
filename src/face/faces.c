/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of faces: giving them back, picking the one that counts.
 */
#include "base/memory.h"
#include "kin/face.h"
#include "kin/image.h"

void kin_faces_free(kin_faces *faces)
{
    if (!faces) return;
    if (faces->ctx) kin_release(faces->ctx, faces->face);
    *faces = (kin_faces){0};
}

size_t kin_faces_main(const kin_faces *faces, const kin_image *picture)
{
    double middle_x = 0.5 * kin_image_width(picture), middle_y = 0.5 * kin_image_height(picture);
    size_t best = 0;
    double best_value = 0;
    for (size_t i = 0; i < faces->count; i++) {
        const kin_box *box = &faces->face[i].box;
        double         dx = 0.5 * ((double)box->x0 + box->x1) - middle_x;
        double         dy = 0.5 * ((double)box->y0 + box->y1) - middle_y;
        double         area = ((double)box->x1 - box->x0) * ((double)box->y1 - box->y0);
        double         value = area - 2 * (dx * dx + dy * dy);
        if (i == 0 || value > best_value) {
            best = i;
            best_value = value;
        }
    }
    return best;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * From a picture to the crop that the network sees: what the picture is, and how it is cut.
 */
#include "face/crop.h"
#include "learn/dataset.h"

kin_status kin_sample_look(kin_context *ctx, const kin_card *card, kin_input input, kin_detector *detector,
                           const kin_detect_options *detect, bool stranger, const kin_image *picture, kin_sample *sample)
{
    bool fits = picture->width == card->width && picture->height == card->height;
    sample->form = KIN_SAMPLE_WHOLE;
    if (input == KIN_INPUT_CROP || card->align == KIN_ALIGN_NONE || (fits && input == KIN_INPUT_AUTO)) return KIN_OK;
    if (!detector)
        return kin_fail(ctx, KIN_E_USAGE, "a photo (%d x %d), but there is no detector", picture->width, picture->height);
    kin_faces faces = {.ctx = ctx};
    KIN_TRY(kin_detect(detector, picture, detect, &faces));
    if (faces.count) {
        sample->form = KIN_SAMPLE_FACE;
        sample->face = faces.face[kin_faces_main(&faces, picture)];
    } else
        sample->form = stranger ? KIN_SAMPLE_MIDDLE : KIN_SAMPLE_SKIPPED;
    kin_faces_free(&faces);
    return sample->form == KIN_SAMPLE_SKIPPED ? kin_fail(ctx, KIN_E_REFUSED, "no face") : KIN_OK;
}

static kin_status crop_middle(kin_context *ctx, const kin_card *card, const kin_image *picture, kin_image **crop)
{
    kin_image *middle;
    KIN_TRY(kin_crop_middle(ctx, picture, &middle));
    kin_status status = kin_crop_fit(ctx, card, middle, crop);
    kin_image_free(middle);
    return status;
}

kin_status kin_sample_crop(kin_context *ctx, const kin_card *card, const kin_sample *sample, const kin_image *picture,
                           kin_image **crop)
{
    switch (sample->form) {
    case KIN_SAMPLE_WHOLE: return kin_crop_fit(ctx, card, picture, crop);
    case KIN_SAMPLE_FACE: return kin_crop_for(ctx, card, picture, &sample->face, crop);
    case KIN_SAMPLE_MIDDLE: return crop_middle(ctx, card, picture, crop);
    case KIN_SAMPLE_UNSEEN:
    case KIN_SAMPLE_SKIPPED: break;
    }
    *crop = NULL;
    return kin_fail(ctx, KIN_E_USAGE, "%s: was skipped", sample->path);
}

kin_status kin_dataset_crop(const kin_dataset *set, size_t i, kin_context *reader, kin_image *crop, kin_image **owner)
{
    const kin_card *card = &set->card;
    size_t          row = (size_t)card->width * 3;
    *owner = NULL;
    if (i < set->cached) {
        *crop = (kin_image){.ctx = reader, .width = card->width, .height = card->height, .stride = row,
                            .data = set->cache + i * row * (size_t)card->height};
        return KIN_OK;
    }
    kin_image *picture;
    KIN_TRY(kin_image_read(reader, set->sample[i].path, &picture));
    kin_status status = kin_sample_crop(reader, card, &set->sample[i], picture, owner);
    kin_image_free(picture);
    if (status != KIN_OK) return kin_fail_prefix(reader, status, set->sample[i].path);
    *crop = kin_pixels_part(*owner, 0, 0, card->width, card->height);
    return KIN_OK;
}

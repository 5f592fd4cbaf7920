/* SPDX-License-Identifier: Apache-2.0
 *
 * Photos in a folder a person, as training wants them: whose they are, where the face is, the crop that the network sees.
 *
 *     kin_dataset_open(ctx, "people", &options, &set);          lists files and labels
 *     kin_dataset_prepare(set, &how);                           looks at each picture once; says what is left out
 *     kin_loader_new(set, ...)                                  (learn/loader.h) batches from it
 */
#ifndef KIN_LEARN_DATASET_H
#define KIN_LEARN_DATASET_H

#include "face/card.h"
#include "kin/face.h"
#include "pixels/pixels.h"

typedef struct {
    const char *unknown;        /* folder of strangers and of what is no face; NULL: "unknown", where there is one */
    const char *validation_dir; /* another such folder, to be validated with; NULL: none */
    double      validation;     /* else this part of the pictures, 0 .. 1 (not 1) */
    uint64_t    seed;           /* draws that part */
} kin_dataset_options;

typedef enum { KIN_PART_TRAINING, KIN_PART_VALIDATION, KIN_PARTS } kin_part;

typedef enum {
    KIN_SAMPLE_UNSEEN,  /* before kin_dataset_prepare */
    KIN_SAMPLE_SKIPPED, /* with a note */
    KIN_SAMPLE_WHOLE,   /* the picture is the crop, brought to size where it has another */
    KIN_SAMPLE_FACE,
    KIN_SAMPLE_MIDDLE   /* of a photo without a face */
} kin_sample_form;

typedef struct {
    const char     *path;
    size_t          label;
    bool            validates; /* from validation_dir */
    kin_sample_form form;
    kin_face        face;      /* of KIN_SAMPLE_FACE */
    kin_status      status;    /* of KIN_SAMPLE_SKIPPED: KIN_E_REFUSED: no face; else what was wrong with the file */
    const char     *why;       /* a line that begins with the path */
} kin_sample;

typedef struct {
    kin_context        *ctx;
    kin_arena           arena;     /* names, paths, notes */
    kin_dataset_options options;
    size_t              classes;
    const char        **name;      /* [classes], in byte order: labels are places in this list */
    size_t              unknown;   /* a label; SIZE_MAX: nobody is a stranger */
    size_t              count;
    kin_sample         *sample;    /* [count], by label, then as Keras lists files */
    size_t             *part[KIN_PARTS], size[KIN_PARTS]; /* after prepare: numbers of samples, rising */
    size_t              notes;
    const char        **note;      /* lines for people: what was passed over and why */
    kin_card            card;      /* from prepare on: how crops are made and fed; its strings are borrowed */
    uint8_t            *cache;     /* crops of the first `cached` samples, side by side */
    size_t              cached;
} kin_dataset;

/* *out = the pictures below `dir`, which holds a folder a person; a person's folders belong to the person. Labels and the order
 * of files are those of Keras 3 (keras.utils.image_dataset_from_directory, dataset_utils.index_directory): names in the order of
 * their bytes. Where it differs: a folder without pictures is nobody, links to folders are not followed, and endings are those
 * of the formats that kin reads. KIN_E_NOT_FOUND: no such folder, no pictures in folders, no folder of the name options->unknown.
 * `options` may be NULL; its strings are copied. */
kin_status kin_dataset_open(kin_context *ctx, const char *dir, const kin_dataset_options *options, kin_dataset **out);
void       kin_dataset_free(kin_dataset *set);

/* Before prepare: keeps `most` of the samples, spread evenly. */
void kin_dataset_thin(kin_dataset *set, size_t most);

typedef enum {
    KIN_INPUT_AUTO, /* pictures of exactly the model's size are crops, others photos */
    KIN_INPUT_PHOTO,
    KIN_INPUT_CROP
} kin_input;

typedef struct {
    const kin_card    *card;     /* the model's: size, how faces are cut out, how pixels become numbers */
    kin_input          input;
    kin_detector      *detector; /* for photos; NULL: there are none */
    kin_detect_options detect;
    uint64_t           cache_bytes; /* for crops; 0: half of what the context has left */
    void (*progress)(void *user, size_t done, size_t count); /* NULL: none; called one at a time */
    void *user;
} kin_prepare_options;

/* Looks at every picture once, in the context's threads: reads it, finds the face that counts (kin_faces_main) where it is a
 * photo, keeps the crop where it fits into the cache. Faces are found and cut out as kin_detect and kin_embed do it for identify
 * and enroll; for a card that looks at whole pictures (KIN_ALIGN_NONE) there is nothing to find. Of a photo without a face the
 * middle is taken if it is a stranger's, else it is skipped. What cannot be read is skipped. Each gets a note.
 * Then the parts are made: validation_dir's samples, or the last of all after a shuffle, as Keras' validation_split has it
 * (int(part * count) of them, whoever they are). KIN_E_NOT_FOUND when nothing is left to train with. */
kin_status kin_dataset_prepare(kin_dataset *set, const kin_prepare_options *how);

/* Samples of a part with this label; SIZE_MAX: with any. */
size_t kin_dataset_size(const kin_dataset *set, kin_part part, size_t label);

/* *crop = the crop of sample i, which was not skipped, card.width x card.height. Its pixels are the cache's, and *owner is NULL;
 * else they were read again and are *owner's, which the caller frees. `reader`: a context of the calling thread. */
kin_status kin_dataset_crop(const kin_dataset *set, size_t i, kin_context *reader, kin_image *crop, kin_image **owner);

/* From picture to crop, by the sample's form (crops.c). */
kin_status kin_sample_crop(kin_context *ctx, const kin_card *card, const kin_sample *sample, const kin_image *picture,
                           kin_image **crop);
/* Sets form and face of the sample from the picture; KIN_E_REFUSED with the reason when it is to be skipped. */
kin_status kin_sample_look(kin_context *ctx, const kin_card *card, kin_input input, kin_detector *detector,
                           const kin_detect_options *detect, bool stranger, const kin_image *picture, kin_sample *sample);

/* Adds a line to the notes. */
kin_status kin_dataset_note(kin_dataset *set, const char *text);

#endif

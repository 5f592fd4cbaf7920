/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rooms above use of the gallery beside kin/gallery.h: add faces, look at a person's vectors, search.
 *
 * The room knows no network and no picture. A vector comes in as `width` floats of unit length with the fingerprint of
 * the model that made it (32 hexadecimal characters); vectors of different models never meet. A crop is bytes. The
 * threshold table comes from the model's card as a kin_impostor_tail (decide.h).
 */
#ifndef KIN_GALLERY_GALLERY_H
#define KIN_GALLERY_GALLERY_H

#include "base/context.h"
#include "gallery/decide.h"
#include "kin/gallery.h"

enum { KIN_FINGERPRINT_CHARS = 32, KIN_PHOTO_NAME_MAX = 4096, KIN_CROP_MAX_BYTES = 16 << 20 };

/* Whether `name` may be a person's; KIN_E_REFUSED with the reason in the error text (rules in kin/gallery.h). */
kin_status kin_gallery_check_name(kin_context *ctx, const char *name);
/* The same for another line, which the error calls `what`. */
kin_status kin_gallery_check_line(kin_context *ctx, const char *what, const char *text);

/* How many people there are, and how many of them have no vector of `model`: nobody to it. */
kin_status kin_gallery_untaught(kin_gallery *gallery, const char *model, size_t *people, size_t *untaught);

/* --- faces --- */

typedef struct {
    int64_t person, face;
    bool    new_person, new_face, new_vector; /* all false: the same enrolment was there before */
    int64_t other; /* another person to whom this face of this photo belongs too, 0: none. Worth a warning */
} kin_enrolled;

/* Puts a face and its vector under a person, who is made where there is none. The same person, photo hash and about the
 * same box (IoU at least 0.5) is the same face: it is not added twice, it only gets a vector of a model or a crop that it
 * lacks. All or nothing. KIN_E_REFUSED: no name, or a face that was
 * rejected for this person. KIN_E_USAGE: a vector not of unit length or of another width than the
 * model's vectors that are there, a box or points that are no numbers. `result` may be NULL. */
kin_status kin_gallery_add(kin_gallery *gallery, const char *name, const char *model, size_t width, const float *vector,
                           const kin_enrolment *enrolment, kin_enrolled *result);

/* Groups calls into one transaction (they nest; the outermost commits). A failed call inside takes back only itself.
 * kin_gallery_rollback drops the whole group. Other programs cannot write in between: keep it short. A group belongs to
 * the handle: another thread that writes through the same handle meanwhile writes into it. */
kin_status kin_gallery_begin(kin_gallery *gallery);
kin_status kin_gallery_commit(kin_gallery *gallery);
void       kin_gallery_rollback(kin_gallery *gallery);

/* Between these two all looks see one state of the gallery, though other programs write. Not around a change. */
kin_status kin_gallery_freeze(kin_gallery *gallery);
void       kin_gallery_thaw(kin_gallery *gallery);
/* Ends a group that came to `status`: commits when that is KIN_OK, else rolls back. Returns what became of it. */
kin_status kin_gallery_end(kin_gallery *gallery, kin_status status);

/* The vectors of a person's faces, [count, width], oldest face first. */
typedef struct {
    size_t       count, width;
    float       *vector;
    int64_t     *face;
    kin_context *ctx;
} kin_vectors;

/* KIN_OK with count 0 for a person who is unknown or has no vector of the model. Free with kin_vectors_free. */
kin_status kin_gallery_vectors(kin_gallery *gallery, const char *name, const char *model, kin_vectors *out);
void       kin_vectors_free(kin_vectors *vectors);

/* People and faces that have a vector of `model`, and faces that have vectors only of other models (`kin gallery
 * upgrade` would bring them back). Any pointer may be NULL. */
kin_status kin_gallery_count(kin_gallery *gallery, const char *model, size_t *people, size_t *faces, size_t *others);

/* From this similarity on two vectors are taken for the same photo, however it was saved, scaled or cut: what a rejection
 * binds. Measured with both recognisers (docs/accuracy.md, "Near-duplicates"): 95 to 100 % of 300 photos are as similar as
 * this to themselves saved again, scaled by 3/4 or 2, cut, brighter, darker, grey, turned a little or mirrored (35 to 67 %
 * scaled by 1/2, faces of some 45 px), 1.1 to 1.7 % of the pairs of other photos of one person, and no pair of 5 million of
 * different people's (the nearest 0.75). */
#define KIN_NEAR_DUPLICATE 0.85f

/* The picture that is kept of a face: kin_crop_margin by this margin (twice the face: a later model may align otherwise),
 * scaled down to this side where it is larger, of the face as it stands in the photo (`turned` 0). */
#define KIN_KEPT_MARGIN 0.5f
enum { KIN_KEPT_SIDE_PX = 256 };

/* --- another model: all that is kept gets its vectors (api/upgrade.c does it) --- */

/* A face, or a rejection, that has no vector of a model. */
typedef struct {
    bool     rejection;
    int64_t  id;   /* of the face or rejection; 0: none is left */
    kin_face face; /* box and points in the photo */
    uint8_t  photo_hash[KIN_HASH_BYTES];
    char    *photo;   /* as it was called then */
    uint8_t *picture; /* as it was given at enrolment; NULL: none was kept */
    size_t   bytes;
    kin_context *ctx;
} kin_unembedded;

/* The next face (or rejection) behind number `after` (0: the first) that has no vector of `model`, neither one that counts
 * nor one that kin_gallery_fresh keeps. Free it with kin_unembedded_free. */
kin_status kin_gallery_unembedded(kin_gallery *gallery, const char *model, bool rejection, int64_t after, kin_unembedded *out);
void       kin_unembedded_free(kin_unembedded *item);
/* How many of them there are, and how many vectors kin_gallery_fresh keeps. */
kin_status kin_gallery_unembedded_count(kin_gallery *gallery, const char *model, size_t *waiting, size_t *fresh);
/* Keeps vectors [count, width] of a model beside those that count: a kill -9 loses no vector that is kept, and nobody sees them
 * before kin_gallery_switch. What was deleted meanwhile is passed over. One transaction. */
kin_status kin_gallery_fresh(kin_gallery *gallery, const char *model, size_t width, const kin_unembedded *items, size_t count,
                             const float *vectors);
/* In one transaction all that kin_gallery_fresh kept counts: one change, which kin_gallery_undo takes back. */
kin_status kin_gallery_switch(kin_gallery *gallery, const char *model, size_t width, size_t *faces, size_t *rejections);

/* --- the database as a whole --- */

typedef struct {
    char   fingerprint[KIN_FINGERPRINT_CHARS + 1];
    size_t width, people, faces, rejections; /* that have a vector of it */
    size_t fresh;                            /* vectors that wait for kin_gallery_switch */
} kin_model_about;

typedef struct {
    int             schema;
    int64_t         created; /* seconds since 1970, UTC; 0: not noted */
    size_t          people, ignored, faces, crops, rejections, changes, traces;
    uint64_t        bytes, picture_bytes; /* of the files, of the pictures in them */
    size_t          models;
    kin_model_about *model; /* oldest first */
    kin_context     *ctx;
} kin_about;

/* What a gallery holds. Free with kin_about_free. */
kin_status kin_gallery_about(kin_gallery *gallery, kin_about *about);
void       kin_about_free(kin_about *about);

typedef struct {
    void *arg;
    void (*fault)(void *arg, const char *text); /* a line for people */
    bool (*decodes)(void *arg, const void *picture, size_t bytes); /* NULL: pictures are not looked at */
} kin_examiner;

/* Looks at everything: SQLite's own checks, foreign keys, and what kin takes for granted (names, boxes, vectors of their
 * model's width and of unit length, pictures that decode, a journal that can be taken back). KIN_OK also when it finds faults,
 * which the examiner hears; *faults counts them (at most 100 of a kind are told). */
kin_status kin_gallery_check(kin_gallery *gallery, const kin_examiner *examiner, size_t *faults);

/* Copies the gallery, as it is at one moment, into a new file (0600), while others read and write. KIN_E_USAGE: the file is
 * there already. */
kin_status kin_gallery_backup(kin_gallery *gallery, const char *path, uint64_t *bytes);

/* --- all that is kept, for an export --- */

typedef struct {
    int64_t       id;   /* of the face or rejection */
    kin_enrolment face; /* texts and picture live until the visit ends */
} kin_kept;
/* A status other than KIN_OK ends the walk and is returned. */
typedef kin_status (*kin_kept_visit)(void *arg, const kin_kept *kept);
typedef kin_status (*kin_vector_visit)(void *arg, const char *model, const void *vector, size_t bytes);
/* A person's faces, or rejections, the oldest first. */
kin_status kin_gallery_kept(kin_gallery *gallery, int64_t person, bool rejections, kin_kept_visit visit, void *arg);
/* The vectors of a face or rejection: float32, as they lie in the database. */
kin_status kin_gallery_kept_vectors(kin_gallery *gallery, int64_t id, bool rejection, kin_vector_visit visit, void *arg);
/* The picture that is kept of a face, as bytes (kin_release); *bytes NULL: none is kept, or there is no such face. */
kin_status kin_gallery_picture(kin_gallery *gallery, int64_t face, uint8_t **bytes, size_t *size);
/* Calls the change of the present group `verb` in the journal. */
kin_status kin_gallery_call_change(kin_gallery *gallery, const char *verb);

/* --- search --- */

/* The `k` most similar people, best first, equal ones by id; *count of them (fewer in a small gallery). Exact: as if
 * every vector were looked at. A person's similarity is that of their most similar face, or that of the mean of their
 * faces' vectors (of unit length) where that is greater. */
kin_status kin_gallery_search(kin_gallery *gallery, const char *model, size_t width, const float *vector, size_t k,
                              kin_candidate *best, size_t *count);

/* Two people whose similarities to a face are closer than this are not told apart. Measured on the even half of people.tar, in
 * families of look-alikes (docs/accuracy.md, "Families"). */
#define KIN_MARGIN 0.05f

/* The answer of kin_identify. `tail` may have no rows when kin_gallery_set_decision gave a threshold, else
 * KIN_E_UNSUPPORTED. */
kin_status kin_gallery_match(kin_gallery *gallery, const char *model, size_t width, const float *vector,
                             const kin_impostor_tail *tail, kin_match *match);
/* That of kin_identify_photo; `vectors`: [count, width], `occasion` may be NULL. */
kin_status kin_gallery_match_photo(kin_gallery *gallery, const char *model, size_t width, const float *vectors, size_t count,
                                   const kin_impostor_tail *tail, const kin_occasion *occasion, kin_match *match);

#endif

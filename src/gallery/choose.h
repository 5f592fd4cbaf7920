/* SPDX-License-Identifier: Apache-2.0
 *
 * Which face of a photo with several is the person being enrolled? Decided over all photos of the person together, so
 * that the order of files does not matter: a first photo with two faces is settled by a later one with a single face.
 *
 * The rule, over vectors only:
 *  1. Anchors are the vectors that the gallery has of the person and the faces of photos with one face.
 *  2. Where there are none, the person is who comes back: the face with a likeness (similarity at least `limit`) in the
 *     most other photos, if no other face of its photo has one in as many. That face becomes an anchor.
 *  3. A face's agreement is the mean of the better half of its similarities to the anchors (half: one wrong anchor, or
 *     a person at two ages, must not spoil it) or, if greater, the similarity to their mean (unit length), which a hard
 *     photo reaches more easily and a stranger hardly. A photo's face is taken when its agreement is at least `limit`
 *     and every other face of the photo agrees by at least `margin` less.
 *  4. Faces taken in a round are anchors of the next; rounds end when nothing is taken any more. What is left is skipped
 *     with the reason of the last round.
 * A photo with one face is taken as it is; KIN_CHOICE_ALONE_UNLIKE warns when it agrees less than `doubt` with the
 * anchors other than itself. `doubt` is the milder of the two: most photos between them are hard ones of the person
 * (sunglasses, a shout, another age). docs/accuracy.md has the numbers.
 */
#ifndef KIN_GALLERY_CHOOSE_H
#define KIN_GALLERY_CHOOSE_H

#include "base/context.h"

typedef struct {
    const float *vector; /* [faces, width], unit length */
    size_t       faces;
} kin_choice_photo;

typedef enum {
    KIN_CHOICE_NONE,         /* skipped: no face in the photo */
    KIN_CHOICE_ALONE,        /* taken: the only face */
    KIN_CHOICE_ALONE_UNLIKE, /* taken: the only face, but unlike the person's others */
    KIN_CHOICE_AGREES,       /* taken: agrees with the person's others */
    KIN_CHOICE_UNLIKE,       /* skipped: none of the faces agrees with the person's others */
    KIN_CHOICE_SEVERAL,      /* skipped: more than one face fits */
    KIN_CHOICE_NO_OTHERS     /* skipped: several faces and no other photo that tells which */
} kin_choice_reason;

typedef struct {
    bool              taken;
    size_t            face; /* of the photo, when taken */
    kin_choice_reason reason;
    float             agreement; /* of the best face; 0 where there was nothing to compare with */
} kin_choice;

typedef struct {
    float limit;  /* similarity from which on two faces count as one person: the card's at FAR 1e-3 */
    float doubt;  /* similarity below which a photo's only face is doubted: the card's at FAR 1e-2; 0: limit */
    float margin; /* by which the others of a photo must agree less; 0: 0.1 */
} kin_choice_rule;

/* Decides `count` photos into choice[count]. known: [known_count, width], may be NULL with 0.
 * Work grows with faces x anchors; at most 256 anchors are looked at (the first ones, the gallery's before the photos'). */
kin_status kin_gallery_choose(kin_context *ctx, size_t width, const float *known, size_t known_count,
                              const kin_choice_photo *photo, size_t count, const kin_choice_rule *rule,
                              kin_choice *choice);

/* "several faces, and none resembles the person's others". Never NULL. */
const char *kin_choice_text(kin_choice_reason reason);

#endif

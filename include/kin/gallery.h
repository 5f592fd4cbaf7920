/* SPDX-License-Identifier: Apache-2.0
 *
 * The gallery: the people that kin knows, their faces, and the question "who is this?".
 *
 * A gallery is one SQLite file. Several programs may use it at the same time; what a call has written when it returns
 * stays, whatever happens to the program afterwards. A gallery that may not be written (file, folder or disk) opens
 * for reading. A person's name is any UTF-8 of 1 to KIN_NAME_MAX bytes, kept as typed, compared byte by byte, without
 * control characters, line ends, characters that turn the direction of writing, or blanks at its ends.
 *
 * Similarity is the cosine of two vectors: 1 for the same picture, about 0 for strangers.
 */
#ifndef KIN_GALLERY_H
#define KIN_GALLERY_H

#include "base.h"
#include "face.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { KIN_NAME_MAX = 200, KIN_CONSENT_MAX = KIN_NAME_MAX, KIN_HASH_BYTES = 16 };

typedef struct kin_gallery kin_gallery;

/* Opens the gallery at `path`, NULL: the default one ($XDG_DATA_HOME/kin/gallery.db, else ~/.local/share/kin/gallery.db).
 * Makes it, and the folders above it, where there is none (files 0600, folders 0700).
 * KIN_E_DATABASE: no gallery, damaged, of a later kin; the text says what was found. KIN_E_DISK: no room, no permission. */
KIN_API kin_status kin_gallery_open(kin_context *ctx, const char *path, kin_gallery **out);
/* The same for looking only: makes nothing; KIN_E_NOT_FOUND where there is no gallery. Writing calls on it fail. */
KIN_API kin_status kin_gallery_open_reading(kin_context *ctx, const char *path, kin_gallery **out);
KIN_API void       kin_gallery_free(kin_gallery *gallery); /* takes NULL */

KIN_API const char *kin_gallery_path(const kin_gallery *gallery);
/* False when it was opened for reading or may not be written. */
KIN_API bool kin_gallery_writable(const kin_gallery *gallery);

/* --- people --- */

typedef struct {
    int64_t id;                     /* never given to another person, not even after kin_gallery_forget */
    char    name[KIN_NAME_MAX + 1];
    size_t  faces;                  /* enrolled */
    size_t  usable;                 /* of them, those with a vector of the model that was asked about */
    size_t  models;                 /* how many models' vectors the person has */
    int64_t created;                /* seconds since 1970, UTC */
    bool    ignored;                /* kin_gallery_ignore: the name is a number, nobody is asked for */
    int     born;                   /* a date: year * 10000 + month * 100 + day, month and day 0 where not known; 0: not known */
    char    consent[KIN_CONSENT_MAX + 1]; /* what the person agreed to, in anybody's words; "": not known */
    int     until;                  /* the last day of that; 0: no end is known */
} kin_person;

typedef struct {
    size_t       count;
    kin_person  *person; /* by name, in byte order */
    kin_context *ctx;    /* whose memory this is */
} kin_people;

/* All people. `model`: a model's fingerprint for `usable`, NULL: usable is 0. Free with kin_people_free. */
KIN_API kin_status kin_gallery_people(kin_gallery *gallery, const char *model, kin_people *people);
KIN_API void       kin_people_free(kin_people *people);
/* One person by name; KIN_E_NOT_FOUND. */
KIN_API kin_status kin_gallery_person(kin_gallery *gallery, const char *name, const char *model, kin_person *person);

/* KIN_E_NOT_FOUND: nobody of the old name. KIN_E_REFUSED: the new name is taken or no name. Somebody ignored who gets a name
 * is ignored no longer. */
KIN_API kin_status kin_gallery_rename(kin_gallery *gallery, const char *from, const char *to);

/* When a person was born (kin_person.born; 0 takes it back). What identify makes of it: kin_occasion. KIN_E_NOT_FOUND: nobody is
 * called so. KIN_E_USAGE: no day, month or year from 1800 to 2199. */
KIN_API kin_status kin_gallery_set_born(kin_gallery *gallery, const char *name, int born);

/* What a person agreed to: a line of at most KIN_CONSENT_MAX bytes, as a name is; "" takes it back. kin keeps it and makes nothing
 * of it. KIN_E_NOT_FOUND, KIN_E_REFUSED: no such line. */
KIN_API kin_status kin_gallery_set_consent(kin_gallery *gallery, const char *name, const char *consent);
/* The last day on which the person may be kept, of a year or month its last; 0 takes it back. Behind it the person is one of
 * kin_gallery_expired, and is named until somebody forgets them. KIN_E_NOT_FOUND, KIN_E_USAGE as above. */
KIN_API kin_status kin_gallery_set_until(kin_gallery *gallery, const char *name, int until);
/* The people whose `until` lies before the day `today` (0: this machine's), who are to be asked again or forgotten. Free with
 * kin_people_free. */
KIN_API kin_status kin_gallery_expired(kin_gallery *gallery, int today, kin_people *people);

typedef struct {
    size_t faces, vectors, crops; /* deleted */
    size_t rejections;            /* of the person, and others' that kept one of the person's faces */
    size_t journal;               /* rows: what was done with the person cannot be taken back */
    bool   purged; /* no byte of them is left in the gallery's files. False: deleted, but another program is reading or the
                      disk is full (kin_error says which); the next kin_gallery_open tries again */
} kin_forgotten;

/* Deletes a person with all faces, vectors and crops, then rewrites the file without them. `receipt` may be NULL. */
KIN_API kin_status kin_gallery_forget(kin_gallery *gallery, const char *name, kin_forgotten *receipt);

/* --- corrections that stick --- */

/* A face as it was found in a photo. */
typedef struct {
    uint8_t     photo_hash[KIN_HASH_BYTES]; /* of the photo file's bytes */
    const char *photo_name;                 /* for people: bytes that are no UTF-8 become '?', the end is cut */
    int         photo_width, photo_height;  /* upright */
    int         photo_date;                 /* when it was taken, a date as kin_person.born; 0: not known */
    int64_t     taught;                     /* when this was said of the face: seconds since 1970, UTC; 0: now */
    kin_face    face;
    const void *crop; /* encoded picture with margin, NULL: none */
    size_t      crop_bytes;
} kin_enrolment;

typedef struct {
    bool   new_rejection; /* false: this face was rejected before */
    size_t taken_out;     /* faces of the person that were this one (same place of the same photo) */
} kin_rejected;

/* This face is not the person called `name`, and never will be: kin_identify passes the person over for this face and for its
 * near-duplicates (the photo resaved, scaled, cut a little: similarity of at least 0.85 by any model that has its vector), and
 * enrolling it under the person is refused. Where the person was taught with this very face, that is taken out; near-
 * duplicates that the person was taught with stay. It follows the person through kin_gallery_rename and kin_gallery_merge.
 * `model`: the fingerprint of the model that made `vector` (`width` numbers of unit length). `result` may be NULL.
 * KIN_E_NOT_FOUND: nobody is called so. */
KIN_API kin_status kin_gallery_reject(kin_gallery *gallery, const char *name, const char *model, size_t width,
                                      const float *vector, const kin_enrolment *face, kin_rejected *result);

/* Nobody is to be asked who this is: kin_identify says kin_match.ignored of faces that resemble it. It becomes a person who is
 * called "ignored 1", "ignored 2" ... and can be renamed (and is then known), merged and forgotten like others. `name`
 * (KIN_NAME_MAX + 1 bytes, may be NULL) gets that; a face that is ignored already keeps its own. KIN_E_REFUSED: somebody
 * was taught with this very face. */
KIN_API kin_status kin_gallery_ignore(kin_gallery *gallery, const char *model, size_t width, const float *vector,
                                      const kin_enrolment *face, char *name);

/* `other`'s faces and rejections become `name`'s, who stays; nobody is called `other` then. What is known of `other` and not of
 * `name` is then known of `name`; of two `until` the earlier counts, with its consent: no face is kept longer than was agreed.
 * `faces` (may be NULL): how many.
 * KIN_E_NOT_FOUND, KIN_E_REFUSED: they are the same, or a face of one was rejected for the other (as kin_gallery_reject binds): they are
 * two until that face is taken out. */
KIN_API kin_status kin_gallery_merge(kin_gallery *gallery, const char *name, const char *other, size_t *faces);

/* The faces that `name` was taught from the photo with this hash become those of `to`, who is made where there is none.
 * KIN_E_NOT_FOUND: no such person or face. KIN_E_REFUSED: `to` is no name, the same person, or a face that would move was rejected for them. */
KIN_API kin_status kin_gallery_split(kin_gallery *gallery, const char *name, const char *to,
                                     const uint8_t photo_hash[KIN_HASH_BYTES], size_t *faces);

typedef struct {
    char    verb[16];               /* enroll, rename, person, merge, split, reject, ignore, upgrade; several: a group */
    int64_t made;                   /* when: seconds since 1970, UTC */
    char    name[KIN_NAME_MAX + 1]; /* whom it was about, as called now; of somebody who is gone again, as called before */
    char    other[KIN_NAME_MAX + 1]; /* rename: as called before; merge, split: the other person; "" for none */
    size_t  faces;                  /* that were taught (or got a vector), moved or rejected */
    size_t  people;                 /* that it was about */
    bool    gone;                   /* nobody is called `name` any more: the change had made the person */
} kin_undone;

/* Takes the last change back: what one call above changed, or one enrolment, or one group of them. The one before is the next
 * to be taken back, to the first; kin_gallery_forget alone cannot be taken back, nor can what was done with a forgotten
 * person. The gallery is as it was then. KIN_E_NOT_FOUND: nothing is left to take back. `undone` may be NULL. */
KIN_API kin_status kin_gallery_undo(kin_gallery *gallery, kin_undone *undone);

/* --- who is this? --- */

typedef struct {
    int64_t     person;     /* 0: nobody */
    const char *name;       /* NULL: nobody. Valid as long as the gallery is open */
    float       similarity; /* of the person's most similar face, or of the mean of their faces; 0 when there is nobody */
    bool        ignored;    /* as in kin_person */
} kin_candidate;

enum { KIN_CANDIDATES_MAX = 8 };

typedef struct {
    const char   *name;       /* NULL: unknown. Else nearest.name */
    float         similarity; /* nearest.similarity, also for unknown */
    float         threshold;  /* a name needs at least this similarity */
    kin_candidate nearest;    /* who is named; of a face without a name the most similar person, also below the threshold */
    kin_candidate runner_up;  /* the most similar other person */
    bool          ignored;    /* above the threshold, but an ignored person's: there is no name, and none to ask for */
    kin_candidate unborn;     /* who is more similar still, above the threshold, but was not born when the photo was taken: perhaps its
                                 date is wrong. person 0: nobody */
    bool          taken;      /* above the threshold, but `nearest` is another face of the photo: there is no name */
    size_t        candidates; /* people whom the face may be where that is not sure ("Anna or Eva?"): there is no name. One alone:
                                 it may be that person or somebody ignored, or one of several faces is. 0: there is no doubt */
    kin_candidate candidate[KIN_CANDIDATES_MAX]; /* most similar first */
} kin_match;

/* What a photo says beside its faces. */
typedef struct {
    bool repeat; /* a person may be in it more than once: a collage, a mirror, a picture of pictures */
    int  date;   /* when it was taken, as kin_person.born; 0: not known. Nobody is named before birth (of a month or
                    year its last day counts), and of whose birth is known the
                    faces count less that were taken at quite another age (below 18) */
} kin_occasion;

/* How kin_identify decides: `fpir` is the largest part of strangers that may get a name, in (0, 1), 0: the default 0.01;
 * `threshold` takes its place when it is a number in [-1, 1] (NAN: none). */
KIN_API kin_status kin_gallery_set_decision(kin_gallery *gallery, double fpir, double threshold);

/* Who is the face with this vector (of kin_embed by `embedder`)? The threshold comes from the embedder's card, the number of
 * faces in the gallery and how alike its people are (kin_gallery_set_decision). An empty gallery is KIN_OK and unknown.
 * A person from whom this face or a near-duplicate was rejected is passed over. Two people who are less than 0.05 of similarity
 * apart, the nearer one above the threshold, are candidates, and there is no name. */
KIN_API kin_status kin_identify(kin_gallery *gallery, kin_embedder *embedder, const float *vector, kin_match *match);

/* Who are the `count` faces of one photo? vectors: [count, width of the embedder]; match: [count]. As kin_identify, and each person
 * is named at most once: of all ways to give people to faces the one is told whose similarities have the greatest sum above the
 * threshold, and where another way comes near it, the faces that it calls otherwise have candidates instead of a name. A face
 * whose only person is another face is `taken`. `occasion`: NULL for none of what it can say. */
KIN_API kin_status kin_identify_photo(kin_gallery *gallery, kin_embedder *embedder, const float *vectors, size_t count,
                                      const kin_occasion *occasion, kin_match *match);

/* --- a better model keeps the names --- */

typedef struct {
    size_t embedded;          /* by this call */
    size_t resumed;           /* by an earlier one that did not come to its end */
    size_t faces, rejections; /* that have a vector of this model now and had none before */
    size_t left;              /* that still have none: no picture was kept, and the photo is not where it was */
} kin_upgraded;

/* What kin_gallery_upgrade tells on its way; each may be NULL. */
typedef struct {
    void *arg;
    void (*step)(void *arg, size_t done, size_t of);
    void (*left)(void *arg, const char *photo, const char *why); /* a face that cannot be embedded */
} kin_upgrade_watch;

/* Gives every face and every rejection a vector of `embedder`'s model, from the picture that was kept at enrolment, else from
 * the photo where that is still the same file. The new vectors wait beside the old ones, which stay and count until the end, and
 * then count all at once: one change, which kin_gallery_undo takes back. A call that does not come to its end (kill -9, power
 * cut, kin_context_cancel) loses nothing: the next one goes on. `watch` and `upgraded` may be NULL. KIN_E_CANCELLED. */
KIN_API kin_status kin_gallery_upgrade(kin_gallery *gallery, kin_embedder *embedder, const kin_upgrade_watch *watch,
                                       kin_upgraded *upgraded);

/* --- what is wrong with the gallery? --- */

#define KIN_NO_INDEX SIZE_MAX

typedef enum {
    KIN_LABEL_FITS,
    KIN_LABEL_ANOTHER, /* agrees with another person, and better than with its own: a wrong name? */
    KIN_LABEL_UNLIKE   /* agrees with none of its own person's: a stranger, or a very hard photo? */
} kin_label;

/* Similarities are NAN where there is nothing to compare with. */
typedef struct {
    int64_t     face;      /* number of the face in the gallery */
    size_t      person;    /* index of kin_diagnosis.person */
    const char *photo;     /* as it was called at enrolment */
    kin_quality quality;   /* as it was then */
    float       own;       /* mean similarity to the person's other faces */
    float       other;     /* mean similarity to the faces of `nearest` */
    float       own_agree; /* what the label is judged by: similarity to the mean of the others, or mean of the better half */
    float       other_agree; /* similarity to the mean of `nearest` */
    size_t      nearest;   /* the other person whose mean is most similar; KIN_NO_INDEX: there is no other */
    kin_label   label;
    size_t      twin;      /* an earlier face of (nearly) the same picture, of this or another person; KIN_NO_INDEX: none */
    float       found;     /* left out of the gallery, the score of its own person ... */
    float       rival;     /* ... and of the best other, as kin_identify counts */
} kin_face_finding;

/* Each bit is a kind of photo that would help. */
enum {
    KIN_NEED_MORE = 1,    /* fewer than three good photos */
    KIN_NEED_TURNED = 2,  /* all look into the camera */
    KIN_NEED_SHARPER = 4, /* none is sharp */
    KIN_NEED_VARIETY = 8  /* all are much alike: one day, one light */
};

typedef struct {
    int64_t     id;
    const char *name;
    size_t      first, faces; /* its faces are face[first] .. face[first + faces - 1]; 0: no vector of this model */
    float       agree;        /* mean similarity of two of its faces; NAN for fewer than two */
    size_t      missed;       /* of its faces, those that would not be named rightly if they were not in the gallery */
    size_t      suspected;    /* whose label does not fit */
    size_t      twins;        /* that repeat an earlier picture of this person */
    unsigned    needs;        /* KIN_NEED_* */
    bool        ignored;      /* as in kin_person: needs nothing */
} kin_person_check;

typedef struct {
    size_t a, b; /* two people, a < b, who agree like photos of one */
    float  similarity; /* of the means of their faces that fit */
} kin_pair_check;

typedef struct {
    size_t count, of;
    double low, high; /* 95 % interval (Wilson); 0 and 1 where `of` is 0 */
} kin_rate;

/* What identify would do, each face in turn left out of the gallery. */
typedef struct {
    double   fpir;      /* part of strangers that may get a name; NAN: the threshold was given */
    double   threshold;
    double   expected;  /* part of strangers that get a name, by the card; not more than this */
    kin_rate missed;    /* faces that would not get their name (FNIR), of those whose person has another */
    kin_rate wrong;     /* of the same, those that would get another's name */
    kin_rate stranger;  /* faces that would get somebody's name if their own person were not in the gallery */
} kin_expectation;

typedef struct {
    size_t            people, faces, pairs;
    kin_person_check *person; /* by number, the oldest first */
    kin_face_finding *face;   /* by person */
    kin_pair_check   *pair;   /* most similar first */
    size_t            suspected, twins, untaught; /* faces; faces; people without a vector of this model */
    kin_expectation   now, strict, usual; /* as kin_gallery_set_decision says; at FPIR 0.3 %; at 1 % */
    char             *text; /* names live here */
    kin_context      *ctx;
} kin_diagnosis;

/* Examines the vectors that `embedder` made; nothing is changed and no photo is needed. How faces are judged stands in
 * docs/accuracy.md. Time grows with the square of the faces. KIN_E_UNSUPPORTED: the embedder's card has no threshold
 * table. An empty gallery is KIN_OK with no people. Free with kin_diagnosis_free. */
KIN_API kin_status kin_diagnose(kin_gallery *gallery, kin_embedder *embedder, kin_diagnosis *diagnosis);
KIN_API void       kin_diagnosis_free(kin_diagnosis *diagnosis);

#ifdef __cplusplus
}
#endif
#endif

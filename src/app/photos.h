/* SPDX-License-Identifier: Apache-2.0
 *
 * Photos, worked on in parallel, answered in the order of the input.
 */
#ifndef KIN_APP_PHOTOS_H
#define KIN_APP_PHOTOS_H

#include "app/app.h"

/* Who a face is. Names are copies of this structure's owner. */
typedef struct {
    char *name;      /* NULL: unknown */
    bool  ignored;   /* has no name, and nobody is to be asked for one */
    float similarity; /* to the best person, NAN in an empty gallery */
    float threshold;
    char *runner_up; /* NULL: nobody else is known */
    float runner_up_similarity;
    char *unborn;    /* who it would be, were the photo not older; NULL: nobody */
    char *taken;     /* who it would be, were that not another face of the photo; NULL: nobody */
    struct {
        char *name;
        float similarity;
    } candidate[KIN_CANDIDATES_MAX]; /* [candidates]: has no name, and may be one of these */
    size_t candidates;
} kin_who;

/* What was seen in one photo. */
typedef struct {
    const char *path;
    size_t      twin; /* as in kin_paths */
    kin_status  status; /* KIN_OK or why there is nothing more */
    char        error[512];
    int         width, height, orientation;
    int         date;     /* when it was taken, by its own account: a date of base/date.h, 0: not known */
    uint8_t     hash[16]; /* of the file's bytes */
    bool        png;      /* else a JPEG */
    double      took_ms;
    kin_faces   faces;
    float      *vectors; /* [faces.count, width of the embedder]; NULL without one */
    kin_who    *who;     /* [faces.count], NULL unless identified */
    void       *extra;   /* the verb's own */
} kin_seen;

/* One thread's own context and handles. */
typedef struct {
    kin_app        *app;
    kin_context    *ctx;
    kin_detector   *detector;   /* NULL: faces are not looked for */
    kin_embedder   *embedder;   /* NULL: faces are found only */
    kin_classifier *classifier; /* for kin recognize */
} kin_worker;

typedef struct {
    bool no_vectors; /* do not embed though there is an embedder */
    /* In the worker, with the file's bytes at hand, before they are decoded; *pass: nothing is to be looked for in this photo
     * (tell is called all the same). May be NULL. */
    kin_status (*glance)(kin_worker *worker, kin_seen *seen, const uint8_t *bytes, size_t size, bool *pass, void *arg);
    /* What look would do at its first call only, ahead of it in another thread. May be NULL. */
    void (*prepare)(void *arg);
    /* In the worker, with the picture at hand: draw, cut out, identify. May be NULL. */
    kin_status (*look)(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg);
    /* One at a time, in the order of the input; `seen` is freed behind it unless this takes over its parts. */
    void (*tell)(kin_app *app, kin_seen *seen, void *arg);
    /* Frees seen->extra; may be NULL. */
    void (*drop)(kin_seen *seen);
    void *arg;
} kin_photo_job;

/* Files and folders -> photos (folders walked in order). Says what cannot be read. The list is the caller's:
 * kin_paths_free. */
#define KIN_FACE_UNSAID SIZE_MAX
typedef struct kin_paths {
    char              **path;
    size_t             *face; /* kin_places_find: the number that was said, faces being counted from 1; KIN_FACE_UNSAID */
    size_t             *twin; /* earlier ones of the same stem (a/1.jpg, b/1.png): what is written of them must differ in name */
    size_t              count;
    size_t              others; /* pictures in folders that kin cannot read, passed over */
    char                other[8]; /* the first one's ending, ".dng" */
    struct kin_file_id *file; /* where -o is given: which files they are, sorted */
    size_t              files;
} kin_paths;
int  kin_paths_find(kin_app *app, char **arg, int count, kin_paths *out);
/* The same where "PHOTO#2" means the photo's second face. */
int  kin_places_find(kin_app *app, char **arg, int count, kin_paths *out);
void kin_paths_free(kin_paths *paths);
/* Whether the file at `path` is one of the photos, by whatever name (known only where -o is given); of none where `paths` is NULL. */
bool kin_paths_have(const kin_paths *paths, const char *path);
/* Whether the path ends like one of these, any case; `endings` (".jpg") are ended by NULL. */
bool kin_path_ends(const char *path, const char *const *endings);
/* The name without folder and ending, not ended by NUL: "a/beach.jpg" -> "beach". */
const char *kin_photo_stem(const char *path, size_t *length);

typedef struct {
    kin_detector   *detector;   /* NULL: faces are not looked for */
    kin_embedder   *embedder;   /* NULL: faces are found only */
    kin_classifier *classifier; /* for kin recognize */
} kin_models;
/* Opens the detector and, if `embed`, the recogniser, as the options say. Says what is wrong; returns the exit status. */
int  kin_models_open(kin_app *app, bool embed, kin_models *out);
/* The same for the classifier of -m, with a detector if it looks at faces. */
int  kin_models_open_classifier(kin_app *app, kin_models *out);
void kin_models_close(kin_models *models);

/* Sees all photos. Raises app->exit for what fails and returns it. */
int kin_photos_see(kin_app *app, const kin_models *models, const kin_photo_job *job, const kin_paths *paths);

void kin_seen_clear(kin_seen *seen);
/* For `look`, where one face is wanted: the one that counts (kin_faces_main) goes first, with its vector. Those of the
 * others are lost. */
void kin_seen_main_first(const kin_worker *worker, const kin_image *photo, kin_seen *seen);

#endif

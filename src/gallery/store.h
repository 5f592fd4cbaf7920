/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a kin_gallery, and the few ways in which this room talks to SQLite: every statement goes through
 * kin_sql_*, so that every error becomes a kin_status with the gallery's path in its text.
 */
#ifndef KIN_GALLERY_STORE_H
#define KIN_GALLERY_STORE_H

#include <sqlite3.h>

#include "base/memory.h"
#include "gallery/gallery.h"

/* How long a call waits for another program that writes, and a purge for one that reads. */
enum { KIN_BUSY_MS = 15000, KIN_PURGE_BUSY_MS = 2000 };

typedef struct kin_matrix kin_matrix; /* search.c */

typedef struct {
    int64_t     person;
    const char *name;
} kin_known_name;

struct kin_gallery {
    kin_context *ctx;
    sqlite3     *db;
    char        *path;     /* as the caller gave it, for messages */
    bool         writable;
    bool         outdated; /* of an older schema when it was looked at */
    int          depth;    /* open kin_gallery_begin */
    bool         torn;     /* memory was out for a rollback: what is open must not be committed */
    int64_t      change;   /* of the journal, which the present transaction writes; 0: none yet */
    int          change_depth; /* where it began: rolled back with that */
    const char  *change_verb;
    uint64_t     changes;  /* grows with every write of this handle: what search keeps in memory is then old */
    double       fpir, threshold; /* kin_gallery_set_decision; threshold NAN: from the FPIR */

    kin_matrix     *matrix; /* list, most recently used first */
    kin_arena       names;  /* names that matches point to: kept until the gallery is freed */
    kin_known_name *known;  /* by person, rising */
    size_t          known_count, known_room;
};

/* --- sql.c --- */

/* The status of SQLite's result code `code`, with the path, SQLite's words and what to do in the error text. */
kin_status kin_sql_fail(kin_gallery *g, int code);
/* The same for another file and with words of another connection. */
kin_status kin_sql_fail_at(kin_gallery *g, const char *path, int code, const char *text);
/* Damage that SQLite does not see: "PATH: damaged: ..." */
kin_status kin_sql_damaged(kin_gallery *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Runs statements without parameters or results. */
kin_status kin_sql_run(kin_gallery *g, const char *sql);

/* Prepares `sql` and binds one value a letter of `types`: i int64_t, n size_t, d double, t const char *, b const void * and
 * size_t (bytes stay the caller's until the statement is closed). */
kin_status kin_sql_open(kin_gallery *g, sqlite3_stmt **statement, const char *sql, const char *types, ...);
/* Next row: *row says whether there is one. */
kin_status kin_sql_step(kin_gallery *g, sqlite3_stmt *statement, bool *row);
/* The same for a loop over all rows: whether *status is KIN_OK, as the work on the last row left it, and there is another. */
bool       kin_sql_next(kin_gallery *g, sqlite3_stmt *statement, kin_status *status);
/* Ends a statement; takes NULL. */
void kin_sql_close(sqlite3_stmt *statement);
/* Open, step to the end, close; results are dropped. */
kin_status kin_sql_do(kin_gallery *g, const char *sql, const char *types, ...);
/* The first column of the first row, `otherwise` when there is no row. */
kin_status kin_sql_number(kin_gallery *g, int64_t *out, int64_t otherwise, const char *sql, const char *types, ...);

/* --- schema.c --- */

/* Checks that the open database is a gallery that this kin understands; makes or migrates it when it may be written. */
kin_status kin_schema_prepare(kin_gallery *g, bool make);

/* --- place.c --- */

/* The path of the default gallery. */
kin_status kin_place_default(kin_context *ctx, char **path);
/* Makes the file (0600) and the folders above it (0700) where they are missing. */
kin_status kin_place_make(kin_context *ctx, const char *path);
/* KIN_E_NOT_FOUND, or KIN_E_DATABASE for what is no plain file. */
kin_status kin_place_look(kin_context *ctx, const char *path);

/* --- row.c: what a row of the database holds, checked; column 0 or the one before the vector says whose it is --- */

/* UTF-8 of at most `most` bytes without a NUL inside; SQLite's until the next step. `what` for the message about the person
 * whose number is in column 0: "name". */
/* A date of the database; 0 for what is none. */
int kin_row_date(sqlite3_stmt *row, int column);
kin_status kin_row_text(kin_gallery *g, sqlite3_stmt *row, int column, const char *what, size_t most, const char **text,
                        size_t *length);
/* A vector of unit length into out[stride], padded by zeros; the column before has the face's number. */
kin_status kin_row_vector(kin_gallery *g, sqlite3_stmt *row, int column, size_t width, size_t stride, float *out);

/* --- people.c --- */

/* Finishes what kin_gallery_forget began: no deleted byte stays in the files. */
kin_status kin_gallery_purge(kin_gallery *g);

/* "PATH: nobody is called NAME", KIN_E_NOT_FOUND. */
kin_status kin_person_not_found(kin_gallery *g, const char *name);
/* The number of a person who must be there. */
kin_status kin_person_find(kin_gallery *g, const char *name, int64_t *person);

/* --- person.c --- */

/* What is known of `from`, who goes, and not of `to` is then known of `to`; of two ends of consent the earlier stays. */
kin_status kin_person_join(kin_gallery *g, const char *verb, int64_t to, int64_t from);

/* --- faces.c --- */

/* What a face and a rejection both have, in this order. */
#define KIN_FACE_COLUMNS                                                                                              \
    "person, photo_hash, photo_name, photo_width, photo_height, x0, y0, x1, y1, points, score, size_px, sharpness, yaw," \
    " pitch, roll, photo_date"

/* Checks what a caller gives of a face: numbers, vector of unit length, sizes. */
kin_status kin_face_check(kin_context *ctx, size_t width, const float *vector, const kin_enrolment *e);
float kin_box_overlap(const kin_box *a, const kin_box *b); /* IoU */
/* Inserts the row of a face into `table` (face or rejection) under `person`. */
kin_status kin_face_insert(kin_gallery *g, const char *table, int64_t person, const kin_enrolment *e, int64_t *id);
/* The number of the model, which is made (and noted under `person` and `verb`) where it is not there. */
kin_status kin_model_need(kin_gallery *g, const char *verb, int64_t person, const char *model, size_t width, int64_t *id);

/* 32 hexadecimal characters to 16 bytes. */
kin_status kin_model_parse(kin_context *ctx, const char *text, uint8_t out[KIN_HASH_BYTES]);
/* Whether the vector is of unit length (within 1e-3). */
bool kin_vector_unit(const float *vector, size_t width);
/* Number of a model in the database and its width; *id 0: not there. */
kin_status kin_model_find(kin_gallery *g, const char *model, int64_t *id, size_t *width);

/* --- journal.c, undo.c --- */

/* What a change did, each taken back in its own way by undo.c. */
typedef enum {
    KIN_TRACE_PERSON_MADE,
    KIN_TRACE_PERSON_FIELD,    /* a field of the person's row, as it was */
    KIN_TRACE_PERSON_GONE,     /* behind all its fields */
    KIN_TRACE_FACE_MADE,       /* item: face */
    KIN_TRACE_FACE_MOVED,      /* from `other` to `person` */
    KIN_TRACE_VECTOR_MADE,     /* of a face that was there */
    KIN_TRACE_CROP_MADE,
    KIN_TRACE_MODEL_MADE,      /* item: model */
    KIN_TRACE_REJECTION_MADE,  /* item: rejection; when it has a `face`, that was taken out of the person */
    KIN_TRACE_REJECTION_MOVED,
    KIN_TRACE_REJECTION_VECTOR_MADE, /* of a rejection that was there */
    KIN_TRACES
} kin_trace;
extern const char *const kin_trace_name[KIN_TRACES];

/* Begins the change of this transaction, or adds `verb` (a literal) to it: what does several things is called "several". */
kin_status kin_journal_need(kin_gallery *g, const char *verb);
/* A row of the journal, in the present transaction, whose change is begun with `verb` (a literal) by its first row. Whoever
 * changes people or faces calls this in the same transaction. `other`, `item`, `model`: 0 for none. */
kin_status kin_journal_note(kin_gallery *g, const char *verb, kin_trace what, int64_t person, int64_t other, int64_t item,
                            int64_t model);
/* The whole row of a person as it is now, whatever its columns: before it is changed, or deleted (`gone`). `other`: in
 * whose favour, 0: nobody. */
kin_status kin_journal_person(kin_gallery *g, const char *verb, int64_t person, int64_t other, bool gone);
/* Takes the rows of a person out of the journal, and those of all who were merged into this one. */
kin_status kin_journal_forget(kin_gallery *g, int64_t person);
/* A transaction is over, or a part of it: what the journal's change is now. */
void kin_journal_settle(kin_gallery *g, bool kept);

/* --- reject.c --- */

/* Whether this face is one that was rejected for the person: the same place of the same photo, or a near-duplicate. */
kin_status kin_rejection_find(kin_gallery *g, int64_t person, int64_t model, size_t width, const float *vector,
                              const kin_enrolment *e, bool *found);
/* KIN_E_REFUSED where a face of `person` (of the photo with that hash; NULL: any) is one that was rejected for `other`, who is called
 * `name`. */
kin_status kin_rejection_refuse(kin_gallery *g, int64_t person, int64_t other, const char *name, const uint8_t *photo_hash);
/* Deletes what other people's rejections keep of this person's faces. */
kin_status kin_rejection_forget(kin_gallery *g, int64_t person);

/* --- search.c --- */

/* As kin_gallery_search in a photo of day `date` (0: not known), and what the search met. Whoever was not born then is passed
 * over (`unborn`: the most similar of them, by all faces alike; person 0 for none), and of children those faces count more that are near
 * in time (age.h). */
kin_status kin_search_best(kin_gallery *g, const char *model, size_t width, const float *vector, int date, size_t k,
                           kin_candidate *best, size_t *count, kin_candidate *unborn, kin_crowd *crowd);

/* --- matrix.c --- */

void kin_matrix_forget(kin_gallery *g); /* frees them all */

#endif

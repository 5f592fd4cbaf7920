/* SPDX-License-Identifier: Apache-2.0
 *
 * Files and labels: listing folders, Keras' order, notes.
 */
#include "learn/dataset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/codec.h"
#include "os/files.h"

enum { DEEPEST = 64 };

/* --- listing --- */

/* A picture that was found; offsets into its path: DIR/person/.../name. */
typedef struct {
    const char *path;
    size_t      person, person_length, name;
} found;

typedef struct {
    kin_dataset *set;
    const char  *dir;
    kin_buffer   list; /* of found */
    size_t       loose, others;
    char         other[8]; /* the first one's ending, ".dng" */
} listing;

static kin_status find(void *arg, const char *path, int depth)
{
    listing         *l = arg;
    const char      *name = strrchr(path, '/') + 1, *person = path + strlen(l->dir);
    kin_picture_kind kind = kin_picture_by_path(path);
    if (kind == KIN_OTHER_PICTURE && l->others++ == 0) snprintf(l->other, sizeof l->other, "%s", strrchr(name, '.'));
    if (kind != KIN_PICTURE) return KIN_OK;
    l->loose += depth == 0;
    if (depth == 0) return KIN_OK;
    while (*person == '/') person++;
    found f = {.person = (size_t)(person - path), .person_length = strcspn(person, "/"), .name = (size_t)(name - path)};
    KIN_TRY(kin_arena_string(&l->set->arena, path, strlen(path), &f.path));
    return kin_buffer_add(&l->list, &f, sizeof f);
}

static int compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

/* By person, by the path of the folder as one text, by name: index_directory and iter_valid_files in Keras'
 * src/utils/dataset_utils.py. */
static int by_keras(const void *left, const void *right)
{
    const found *a = left, *b = right;
    int          order = compare(a->path + a->person, a->person_length, b->path + b->person, b->person_length);
    if (!order) order = compare(a->path, a->name - 1, b->path, b->name - 1);
    return order ? order : strcmp(a->path + a->name, b->path + b->name);
}

static kin_status list(kin_dataset *set, const char *dir, listing *l)
{
    *l = (listing){.set = set, .dir = dir, .list = kin_buffer_make(set->ctx)};
    if (kin_path_what(dir) == KIN_PATH_FILE)
        return kin_fail(set->ctx, KIN_E_NOT_FOUND, "%s: a file; expected a folder that holds a folder a person", dir);
    kin_status status = kin_folder_walk(set->ctx, dir, DEEPEST, find, l);
    if (status == KIN_E_IO) status = kin_dataset_note(set, kin_error(set->ctx)); /* a closed folder; the others were walked */
    KIN_TRY(status);
    size_t count = l->list.size / sizeof(found);
    if (!count) return kin_fail(set->ctx, KIN_E_NOT_FOUND, "%s: no folders with pictures inside (one a person is expected)", dir);
    qsort(l->list.data, count, sizeof(found), by_keras);
    return KIN_OK;
}

/* --- notes --- */

kin_status kin_dataset_note(kin_dataset *set, const char *text)
{
    const char *line;
    KIN_TRY(kin_arena_string(&set->arena, text, strlen(text), &line));
    if ((set->notes & (set->notes - 1)) == 0) /* full at powers of two */
        KIN_TRY(kin_realloc(set->ctx, &set->note, (set->notes ? set->notes * 2 : 1) * sizeof *set->note));
    set->note[set->notes++] = line;
    return KIN_OK;
}

static kin_status note_listing(kin_dataset *set, const listing *l)
{
    char text[KIN_ERROR_BYTES];
    if (l->loose) {
        snprintf(text, sizeof text, "%s: passed over %zu picture%s in no person's folder", l->dir, l->loose,
                 l->loose == 1 ? "" : "s");
        KIN_TRY(kin_dataset_note(set, text));
    }
    if (!l->others) return KIN_OK;
    snprintf(text, sizeof text, "%s: passed over %zu picture%s that this kin cannot read (%s ...)", l->dir, l->others,
             l->others == 1 ? "" : "s", l->other);
    return kin_dataset_note(set, text);
}

/* --- labels --- */

static kin_status add_samples(kin_dataset *set, size_t more)
{
    KIN_TRY(kin_realloc(set->ctx, &set->sample, (set->count + more) * sizeof *set->sample));
    memset(set->sample + set->count, 0, more * sizeof *set->sample);
    return KIN_OK;
}

static kin_status take_training(kin_dataset *set, const listing *l)
{
    const found *f = (const found *)(const void *)l->list.data;
    size_t       count = l->list.size / sizeof *f;
    KIN_TRY(kin_alloc_zero(set->ctx, count, sizeof *set->name, &set->name));
    KIN_TRY(add_samples(set, count));
    for (size_t i = 0; i < count; i++) {
        const char *last = set->classes ? set->name[set->classes - 1] : NULL, *person = f[i].path + f[i].person;
        if (!last || compare(last, strlen(last), person, f[i].person_length) != 0)
            KIN_TRY(kin_arena_string(&set->arena, person, f[i].person_length, &set->name[set->classes++]));
        set->sample[set->count++] = (kin_sample){.path = f[i].path, .label = set->classes - 1};
    }
    return KIN_OK;
}

static size_t label_of(const kin_dataset *set, const char *name, size_t length)
{
    for (size_t low = 0, high = set->classes; low < high;) {
        size_t middle = low + (high - low) / 2;
        int    order = compare(name, length, set->name[middle], strlen(set->name[middle]));
        if (order == 0) return middle;
        *(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
    }
    return SIZE_MAX;
}

/* Validation knows nobody who was not trained. */
static kin_status take_validation(kin_dataset *set, const listing *l)
{
    const found *f = (const found *)(const void *)l->list.data, *stray = NULL;
    size_t       count = l->list.size / sizeof *f, strays = 0, before = set->count;
    char         text[KIN_ERROR_BYTES];
    KIN_TRY(add_samples(set, count));
    for (size_t i = 0; i < count; i++) {
        size_t label = label_of(set, f[i].path + f[i].person, f[i].person_length);
        if (label != SIZE_MAX)
            set->sample[set->count++] = (kin_sample){.path = f[i].path, .label = label, .validates = true};
        else if (strays++ == 0)
            stray = &f[i];
    }
    if (set->count == before)
        return kin_fail(set->ctx, KIN_E_NOT_FOUND, "%s: none of its folders has the name of one that is trained with", l->dir);
    if (!strays) return KIN_OK;
    snprintf(text, sizeof text, "%s: passed over %zu picture%s of people who are not trained (%.*s ...)", l->dir, strays,
             strays == 1 ? "" : "s", (int)stray->person_length, stray->path + stray->person);
    return kin_dataset_note(set, text);
}

static kin_status find_unknown(kin_dataset *set, const char *dir)
{
    const char *given = set->options.unknown, *name = given ? given : "unknown";
    set->unknown = label_of(set, name, strlen(name));
    if (set->unknown != SIZE_MAX || !given) return KIN_OK;
    return kin_fail(set->ctx, KIN_E_NOT_FOUND, "%s: no folder '%s' with pictures inside, where strangers should be", dir, given);
}

/* --- opening --- */

static kin_status keep(kin_arena *arena, const char **text)
{
    return *text ? kin_arena_string(arena, *text, strlen(*text), text) : KIN_OK;
}

static kin_status take_list(kin_dataset *set, const char *dir, kin_status (*take)(kin_dataset *, const listing *))
{
    listing    l;
    kin_status status = list(set, dir, &l);
    if (status == KIN_OK) status = note_listing(set, &l);
    if (status == KIN_OK) status = take(set, &l);
    kin_buffer_free(&l.list);
    return status;
}

static kin_status open_set(kin_dataset *set, const char *dir)
{
    kin_dataset_options *o = &set->options;
    if (!(o->validation >= 0 && o->validation < 1))
        return kin_fail(set->ctx, KIN_E_USAGE, "validation: %g, expected a part from 0 to below 1", o->validation);
    if (o->validation > 0 && o->validation_dir)
        return kin_fail(set->ctx, KIN_E_USAGE, "validation: a part or a folder of its own, not both");
    KIN_TRY(keep(&set->arena, &o->unknown));
    KIN_TRY(keep(&set->arena, &o->validation_dir));
    KIN_TRY(take_list(set, dir, take_training));
    if (o->validation_dir) KIN_TRY(take_list(set, o->validation_dir, take_validation));
    return find_unknown(set, dir);
}

kin_status kin_dataset_open(kin_context *ctx, const char *dir, const kin_dataset_options *options, kin_dataset **out)
{
    kin_dataset *set;
    *out = NULL;
    KIN_TRY(kin_alloc_zero(ctx, 1, sizeof *set, &set));
    set->ctx = ctx;
    set->arena = kin_arena_make(ctx);
    if (options) set->options = *options;
    kin_status status = open_set(set, dir);
    if (status == KIN_OK)
        *out = set;
    else
        kin_dataset_free(set);
    return status;
}

void kin_dataset_free(kin_dataset *set)
{
    if (!set) return;
    kin_context *ctx = set->ctx;
    kin_release(ctx, set->cache);
    for (int part = 0; part < KIN_PARTS; part++) kin_release(ctx, set->part[part]);
    kin_release(ctx, set->sample);
    kin_release(ctx, set->name);
    kin_release(ctx, set->note);
    kin_arena_free(&set->arena);
    kin_release(ctx, set);
}

void kin_dataset_thin(kin_dataset *set, size_t most)
{
    if (set->count <= most) return;
    for (size_t i = 0; i < most; i++) set->sample[i] = set->sample[(2 * i + 1) * set->count / (2 * most)];
    set->count = most;
}

size_t kin_dataset_size(const kin_dataset *set, kin_part part, size_t label)
{
    size_t n = 0;
    if (label == SIZE_MAX) return set->size[part];
    for (size_t i = 0; i < set->size[part]; i++) n += set->sample[set->part[part][i]].label == label;
    return n;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Checkpoints (kin/learn.h). Chance and the order of pictures follow from seed and step, so they need no room. The file: a head of
 * fixed size, the arrays as they lie in memory (a checkpoint stays on its machine), a hash of it all.
 */
#include "learn/trainer.h"

#include <string.h>

#include "base/hash.h"
#include "os/files.h"

enum { HASH = 16, ARRAYS = KIN_OPTIM_SLOTS + 3 };
static const char magic[8] = "KINLEARN";

typedef struct {
    char     magic[8];
    uint32_t version, byte_order;
    uint64_t floats, statistics, slots, step;
    uint8_t  course[HASH];
} head;

typedef struct {
    void  *at;
    size_t bytes;
} array;

/* What is kept of a trainer; gradients are not. Returns how many there are. */
static size_t arrays_of(const kin_trainer *t, array list[ARRAYS])
{
    size_t count = 0, each = t->training->floats * sizeof(float);
    list[count++] = (array){t->state.weight, each};
    for (size_t i = 0; i < KIN_OPTIM_SLOTS; i++)
        if (t->state.slot[i]) list[count++] = (array){t->state.slot[i], each};
    if (t->state.average) list[count++] = (array){t->state.average, each};
    list[count++] = (array){t->statistics, t->training->statistic_floats * sizeof(float)};
    return count;
}

static head head_of(const kin_trainer *t, const char *course)
{
    head h = {.version = 1,
              .byte_order = 0x01020304,
              .floats = t->training->floats,
              .statistics = t->training->statistic_floats,
              .slots = t->optim.kind->slots(&t->optim) + (t->state.average != NULL),
              .step = t->state.step};
    memcpy(h.magic, magic, sizeof magic);
    kin_hash128(course, strlen(course), 0, h.course);
    return h;
}

/* Chained: the hash of the hash before and the next bytes' hash. */
static void chain(uint8_t hash[HASH], const void *bytes, size_t size)
{
    uint8_t both[2 * HASH];
    memcpy(both, hash, HASH);
    kin_hash128(bytes, size, 1, both + HASH);
    kin_hash128(both, sizeof both, 2, hash);
}

static kin_status put(kin_context *ctx, kin_new_file *file, uint8_t hash[HASH], const void *bytes, size_t size)
{
    chain(hash, bytes, size);
    return kin_file_append(ctx, file, bytes, size);
}

static kin_status write_file(const kin_trainer *t, const char *course, const char *path)
{
    kin_new_file file;
    array        list[ARRAYS];
    size_t       count = arrays_of(t, list);
    head         h = head_of(t, course);
    uint8_t      hash[HASH] = {0};
    kin_status   status = kin_file_begin(t->ctx, path, true, &file);
    if (status == KIN_OK) status = put(t->ctx, &file, hash, &h, sizeof h);
    for (size_t i = 0; i < count && status == KIN_OK; i++) status = put(t->ctx, &file, hash, list[i].at, list[i].bytes);
    if (status == KIN_OK) status = kin_file_append(t->ctx, &file, hash, HASH);
    kin_status ended = kin_file_end(t->ctx, &file, status == KIN_OK);
    return status == KIN_OK ? ended : status;
}

static kin_status check(const kin_trainer *t, const char *course, const char *path, const uint8_t *bytes, size_t size,
                        const array *list, size_t count)
{
    head        wanted = head_of(t, course), found;
    uint8_t     hash[HASH] = {0};
    size_t      expected = sizeof found + HASH;
    for (size_t i = 0; i < count; i++) expected += list[i].bytes;
    if (size < sizeof found || memcmp(bytes, magic, sizeof magic))
        return kin_fail(t->ctx, KIN_E_FORMAT, "%s: no checkpoint of a training", path);
    memcpy(&found, bytes, sizeof found);
    if (found.version != wanted.version || found.byte_order != wanted.byte_order)
        return kin_fail(t->ctx, KIN_E_FORMAT, "%s: a checkpoint of another version of kin or another machine", path);
    wanted.step = found.step;
    if (memcmp(&found, &wanted, sizeof found))
        return kin_fail(t->ctx, KIN_E_USAGE, "%s: a checkpoint of another training: other pictures, another base or other options",
                        path);
    if (size != expected)
        return kin_fail(t->ctx, KIN_E_FORMAT, "%s: %zu bytes, expected %zu", path, size, expected);
    chain(hash, bytes, sizeof found);
    for (size_t i = 0, at = sizeof found; i < count; at += list[i++].bytes) chain(hash, bytes + at, list[i].bytes);
    if (memcmp(hash, bytes + size - HASH, HASH)) return kin_fail(t->ctx, KIN_E_FORMAT, "%s: the checkpoint is damaged", path);
    return KIN_OK;
}

static kin_status read_file(kin_trainer *t, const char *course, const char *path)
{
    array    list[ARRAYS];
    size_t   count = arrays_of(t, list), size, most = sizeof(head) + HASH, at = sizeof(head);
    uint8_t *bytes;
    for (size_t i = 0; i < count; i++) most += list[i].bytes;
    KIN_TRY(kin_file_read(t->ctx, path, 2 * (uint64_t)most, &bytes, &size));
    kin_status status = check(t, course, path, bytes, size, list, count);
    if (status == KIN_OK) {
        memcpy(&t->state.step, bytes + offsetof(head, step), sizeof t->state.step);
        for (size_t i = 0; i < count; at += list[i++].bytes) memcpy(list[i].at, bytes + at, list[i].bytes);
    }
    kin_release(t->ctx, bytes);
    return status;
}

kin_status kin_checkpoint_write(const kin_trainer *trainer, const char *course, const char *path)
{
    kin_enter(trainer->ctx);
    kin_status status = write_file(trainer, course, path);
    kin_leave(trainer->ctx);
    return status;
}

kin_status kin_checkpoint_read(kin_trainer *trainer, const char *course, const char *path)
{
    kin_enter(trainer->ctx);
    kin_status status = read_file(trainer, course, path);
    kin_leave(trainer->ctx);
    return status;
}

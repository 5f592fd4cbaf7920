/* SPDX-License-Identifier: Apache-2.0
 *
 * Foreign archives for `kin gallery import`: bytes that do not begin as a tar are taken for its gallery.json. What was taken is
 * a sound gallery, what was not leaves none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/gallery_part.h"
#include "base/context.h"
#include "os/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char         folder[] = "/tmp/kin-fuzz-XXXXXX", file[64];
static kin_context *ctx;
static kin_gallery *home;

static void clean(void)
{
    kin_gallery_free(home);
    kin_context_free(ctx);
    unlink(file);
    rmdir(folder);
}

/* One gallery for all inputs: each is taken back. */
static void open_home(void)
{
    ctx = kin_context_new(&(kin_options){.threads = 1, .max_memory = 64 << 20});
    if (!ctx || !mkdtemp(folder)) abort();
    snprintf(file, sizeof file, "%s/gallery.db", folder);
    if (kin_gallery_open(ctx, file, &home) != KIN_OK) abort();
    atexit(clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kin_context *own = kin_context_new(&(kin_options){.threads = 1, .max_memory = 32 << 20});
    uint8_t     *archive = NULL;
    kin_imported sum;
    size_t       faults = 0;
    if (!home) open_home();
    if (!own) return 0;
    if (size && *data == '{' && (archive = calloc(1, size + 2 * KIN_TAR_BLOCK))) {
        kin_tar_header(own, "gallery.json", size, archive);
        memcpy(archive + KIN_TAR_BLOCK, data, size);
        data = archive;
        size = (size + 2 * KIN_TAR_BLOCK - 1) / KIN_TAR_BLOCK * KIN_TAR_BLOCK;
    }
    if (kin_gallery_begin(home) != KIN_OK) abort();
    kin_people people = {0};
    kin_status status = kin_import_take(own, home, "x.tar", data, size, &sum);
    if (kin_gallery_people(home, NULL, &people) != KIN_OK) abort();
    if (status == KIN_OK ? kin_gallery_check(home, &(kin_examiner){0}, &faults) != KIN_OK || faults : people.count != 0) abort();
    kin_people_free(&people);
    kin_gallery_rollback(home);
    free(archive);
    if (own->memory != 0) abort();
    kin_context_free(own);
    return 0;
}

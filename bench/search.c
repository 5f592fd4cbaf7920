/* SPDX-License-Identifier: Apache-2.0
 *
 * How long a search of the gallery takes: `search [FACES...]`, default 1,000 and 100,000, three a person, 128 numbers a
 * vector. Prints filling, loading (the first search) and the median of warm searches.
 * `search --fill GALLERY FACES` only makes a gallery of random people for the default recogniser (bench/cold.py).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "bench/timing.h"
#include "gallery/gallery.h"
#include "kin/kin.h"

enum { WIDTH = 128, EACH = 3, SEARCHES = 101 };
static const char any_model[] = "00112233445566778899aabbccddeeff";

static void make_vector(float *out, uint64_t i)
{
    kin_random random = kin_random_make(7, i);
    double     sum = 0;
    for (size_t k = 0; k < WIDTH; k++) {
        out[k] = (float)kin_random_normal(&random);
        sum += (double)out[k] * out[k];
    }
    for (size_t k = 0; k < WIDTH; k++) out[k] = (float)(out[k] / sqrt(sum));
}

static kin_status fill(kin_gallery *g, const char *model, size_t faces)
{
    KIN_TRY(kin_gallery_begin(g));
    for (size_t i = 0; i < faces; i++) {
        float         vector[WIDTH];
        char          name[32];
        kin_enrolment e = {.photo_name = "photo.jpg", .photo_width = 178, .photo_height = 218};
        memcpy(e.photo_hash, &i, sizeof i);
        e.face = (kin_face){.box = {40, 50, 120, 160}, .score = 0.99f, .quality = {80, 0.7f, 1, 2, 3}};
        make_vector(vector, i);
        snprintf(name, sizeof name, "Person %zu", i / EACH);
        KIN_TRY(kin_gallery_add(g, name, model, WIDTH, vector, &e, NULL));
    }
    return kin_gallery_commit(g);
}

static kin_status measure(kin_context *ctx, const char *path, size_t faces)
{
    kin_gallery *g;
    float        vector[WIDTH];
    double       ms[SEARCHES];
    kin_match    who;
    double       start = now_ms();
    KIN_TRY(kin_gallery_open(ctx, path, &g));
    KIN_TRY(fill(g, any_model, faces));
    kin_gallery_free(g);
    double filled = now_ms();
    KIN_TRY(kin_gallery_open_reading(ctx, path, &g));
    KIN_TRY(kin_gallery_set_decision(g, 0, 0.5));
    double opened = now_ms();
    make_vector(vector, 1);
    KIN_TRY(kin_gallery_match(g, any_model, WIDTH, vector, NULL, &who));
    double loaded = now_ms();
    for (size_t i = 0; i < SEARCHES; i++) {
        make_vector(vector, i * 7919 % faces);
        double from = now_ms();
        KIN_TRY(kin_gallery_match(g, any_model, WIDTH, vector, NULL, &who));
        ms[i] = now_ms() - from;
        if (!who.name || who.similarity < 0.999f) return kin_fail(ctx, KIN_E_NOT_FOUND, "wrong answer");
    }
    kin_gallery_free(g);
    sort_ms(ms, SEARCHES);
    printf("%8zu faces: filled in %.0f ms, opened in %.2f ms, first search %.2f ms, then %.3f ms (median; %.3f to %.3f)\n",
           faces, filled - start, opened - filled, loaded - opened, ms[SEARCHES / 2], ms[0], ms[SEARCHES - 1]);
    return KIN_OK;
}

static kin_status fill_for_default(kin_context *ctx, const char *path, size_t faces)
{
    kin_embedder *embedder;
    kin_gallery  *g;
    KIN_TRY(kin_embedder_open(ctx, NULL, &embedder));
    KIN_TRY(kin_gallery_open(ctx, path, &g));
    kin_status status = fill(g, kin_embedder_fingerprint(embedder), faces);
    kin_gallery_free(g);
    kin_embedder_free(embedder);
    return status;
}

int main(int count, char **argument)
{
    static char *const usual[] = {"1000", "100000"};
    char *const       *sizes = count > 1 ? argument + 1 : usual;
    int                n = count > 1 ? count - 1 : 2;
    kin_context       *ctx = kin_context_new(NULL);
    if (!ctx) return 5;
    if (count == 4 && strcmp(argument[1], "--fill") == 0) {
        kin_status status = fill_for_default(ctx, argument[2], strtoul(argument[3], NULL, 10));
        if (status != KIN_OK) fprintf(stderr, "%s\n", kin_error(ctx));
        return status != KIN_OK;
    }
    printf("%s, %zu at a time\n", kin_cpu_name(ctx), ctx->splitter->width);
    for (int i = 0; i < n; i++) {
        char folder[] = "/tmp/kin-bench-XXXXXX", path[64], command[64];
        if (!mkdtemp(folder)) return 5;
        snprintf(path, sizeof path, "%s/gallery.db", folder);
        kin_status status = measure(ctx, path, strtoul(sizes[i], NULL, 10));
        snprintf(command, sizeof command, "rm -rf %s", folder);
        if (status != KIN_OK) fprintf(stderr, "%s\n", kin_error(ctx));
        if (system(command) != 0 || status != KIN_OK) return 1;
    }
    kin_context_free(ctx);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * kin embed PHOTO...: vectors as text, JSON, CSV or a NumPy array.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/answer.h"

typedef struct {
    size_t width, faces;
    float *all; /* [faces, width] for --npy */
} vectors;

static void tell_npy(kin_app *app, kin_seen *seen, vectors *v)
{
    size_t add = seen->faces.count * v->width;
    float *more = add ? realloc(v->all, (v->faces * v->width + add) * sizeof *more) : v->all;
    if (add && !more) {
        kin_say("out of memory");
        kin_raise(app, EXIT_RESOURCES);
        return;
    }
    if (add) memcpy(more + v->faces * v->width, seen->vectors, add * sizeof *more);
    v->all = more;
    v->faces += seen->faces.count;
}

static void tell(kin_app *app, kin_seen *seen, void *arg)
{
    vectors *v = arg;
    if (app->set.npy) {
        tell_npy(app, seen, v);
        return;
    }
    v->faces += seen->faces.count;
    if (app->set.json) {
        kin_json_print(app, kin_seen_json(seen, v->width));
        return;
    }
    char shown[300];
    if (seen->status == KIN_OK && seen->faces.count == 0 && !app->set.csv)
        printf("%s: no face\n", kin_shown(seen->path, shown, sizeof shown));
    for (size_t i = 0; i < seen->faces.count; i++) {
        const float *vector = seen->vectors + i * v->width;
        if (app->set.csv) {
            kin_csv_face(seen, i);
            for (size_t k = 0; k < v->width; k++) kin_csv_number(vector[k], 1e-7, false);
            putchar('\n');
        } else {
            printf("%s: face %zu ", kin_shown(seen->path, shown, sizeof shown), i + 1);
            for (size_t k = 0; k < v->width; k++) printf(" %.4f", vector[k]);
            putchar('\n');
        }
    }
}

/* NumPy's format 1.0 (numpy/lib/format.py): magic, header length, a Python dictionary padded to 64 bytes, data. */
static bool write_npy(FILE *to, const vectors *v)
{
    char header[128];
    int  n = snprintf(header, sizeof header, "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu, %zu), }", v->faces, v->width);
    memset(header + n, ' ', sizeof header - (size_t)n);
    const size_t length = 128 - 10;
    header[length - 1] = '\n';
    const unsigned char head[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (unsigned char)length, 0};
    return fwrite(head, 1, sizeof head, to) == sizeof head && fwrite(header, 1, length, to) == length &&
           fwrite(v->all, sizeof *v->all, v->faces * v->width, to) == v->faces * v->width;
}

static void save_npy(kin_app *app, const vectors *v)
{
    const char *path = app->set.output && strcmp(app->set.output, "-") ? app->set.output : NULL;
    FILE       *to = path ? fopen(path, "wb") : stdout;
    if (!to || !write_npy(to, v) || (path && fclose(to))) {
        char text[128];
        kin_say("%s: cannot be written: %s", path ? path : "standard output", strerror_r(errno, text, sizeof text));
        kin_raise(app, EXIT_RESOURCES);
    }
}

int kin_verb_embed(kin_app *app)
{
    if (app->set.output && !app->set.npy) {
        kin_say("embed: -o is where --npy goes; all else goes to standard output (kin help embed)");
        return EXIT_USAGE;
    }
    kin_paths  paths;
    vectors    v = {0};
    kin_models models = {0};
    int        exit = kin_paths_find(app, app->arg, app->arg_count, &paths);
    if (kin_paths_have(&paths, app->set.output ? app->set.output : "")) {
        kin_say("%s: is one of the photos and would be overwritten; -o needs another place", app->set.output);
        kin_paths_free(&paths);
        return EXIT_USAGE;
    }
    if (paths.count && kin_models_open(app, true, &models) == EXIT_DONE) {
        v.width = kin_embedder_width(models.embedder);
        if (app->set.csv) {
            kin_csv_header_faces();
            for (size_t k = 0; k < v.width; k++) printf(",v%zu", k);
            putchar('\n');
        }
        exit = kin_photos_see(app, &models, &(kin_photo_job){.tell = tell, .arg = &v}, &paths);
        if (app->set.npy) save_npy(app, &v);
        if (!v.faces) kin_raise(app, EXIT_NO);
    }
    kin_models_close(&models);
    kin_paths_free(&paths);
    free(v.all);
    kin_raise(app, exit);
    return app->exit;
}

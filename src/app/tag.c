/* SPDX-License-Identifier: Apache-2.0
 *
 * kin tag PHOTO...: who is there, into an XMP sidecar beside each photo. The photo itself is only read.
 */
#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/identify.h"
#include "app/sidecar.h"
#include "base/context.h"
#include "os/files.h"

/* What became of one photo. */
typedef struct {
    kin_context *ctx;
    char        *path; /* of the sidecar */
    uint8_t     *sidecar, *inside;
    kin_tag     *tag;
    kin_tagged  *tagged; /* [faces] */
    bool         changed;
} page;

typedef struct {
    kin_context *ctx; /* its own: the app's is the gallery's, in other threads meanwhile */
} desk;

static void page_free(page *p, size_t faces)
{
    for (size_t i = 0; p->tagged && i < faces; i++) kin_release(p->ctx, p->tagged[i].other);
    kin_release(p->ctx, p->tagged);
    kin_release(p->ctx, p->tag);
    kin_release(p->ctx, p->inside);
    kin_release(p->ctx, p->sidecar);
    kin_release(p->ctx, p->path);
}

static kin_status write_names(page *p, const kin_seen *seen)
{
    kin_context  *ctx = p->ctx;
    kin_tag_photo photo = {.width = seen->width, .height = seen->height, .orientation = seen->orientation};
    size_t        named = 0;
    bool          there;
    KIN_TRY(kin_alloc_zero(ctx, seen->faces.count + 1, sizeof *p->tag, &p->tag));
    KIN_TRY(kin_alloc_zero(ctx, seen->faces.count + 1, sizeof *p->tagged, &p->tagged));
    for (size_t i = 0; i < seen->faces.count; i++) {
        p->tag[i] = (kin_tag){seen->who[i].name, kin_seen_area(seen, i)};
        named += seen->who[i].name != NULL;
    }
    KIN_TRY(kin_sidecar_find(ctx, seen->path, &p->path, &there));
    if (!there && !named) return KIN_OK;
    if (there) {
        KIN_TRY(kin_sidecar_read(ctx, p->path, &p->sidecar, &photo.sidecar_bytes));
        photo.sidecar = p->sidecar;
    }
    if (named) KIN_TRY(kin_inside_read(ctx, seen->path, &p->inside, &photo.inside, &photo.inside_bytes));
    kin_buffer text = kin_buffer_make(ctx);
    kin_status status = kin_xmp_tag(ctx, &photo, p->tag, seen->faces.count, p->tagged, &text);
    if (status != KIN_OK) kin_fail_prefix(ctx, status, p->path);
    p->changed = status == KIN_OK && text.size;
    if (p->changed) status = kin_file_replace(ctx, p->path, text.data, text.size);
    kin_buffer_free(&text);
    return status;
}

static const char *const words[] = {"", "written", "stands", "by hand"};

static void tell_text(kin_app *app, const kin_seen *seen, const page *p)
{
    char   shown[300];
    size_t names = 0;
    for (size_t i = 0; i < seen->faces.count; i++) {
        const kin_tagged *t = &p->tagged[i];
        if (t->result != KIN_TAG_WRITTEN && t->result != KIN_TAG_STANDS) continue;
        if (!names++) kin_put_path(app, seen->path);
        printf("%s%s%s", names > 1 ? ", " : "", kin_shown(p->tag[i].name, shown, sizeof shown),
               t->result == KIN_TAG_STANDS ? " (stood there)" : "");
    }
    if (names)
        puts("");
    else {
        kin_put_path(app, seen->path);
        puts("nobody to name");
    }
}

static void tell_json(kin_app *app, const kin_seen *seen, const page *p)
{
    json_t *out = json_object(), *faces = json_array();
    json_object_set_new(out, "file", kin_json_text(seen->path));
    json_object_set_new(out, "sidecar", kin_json_text(p->path));
    json_object_set_new(out, "changed", json_boolean(p->changed));
    for (size_t i = 0; i < seen->faces.count; i++) {
        const kin_tagged *t = &p->tagged[i];
        if (t->result == KIN_TAG_NOTHING) continue;
        json_t *one = json_object();
        json_object_set_new(one, "name", t->other ? kin_json_text(t->other) : kin_json_text(p->tag[i].name));
        json_object_set_new(one, "result", json_string(words[t->result]));
        if (t->other && p->tag[i].name) json_object_set_new(one, "kin", kin_json_text(p->tag[i].name));
        json_array_append_new(faces, one);
    }
    json_object_set_new(out, "faces", faces);
    kin_json_print(app, out);
}

static void say_by_hand(const kin_seen *seen, const page *p)
{
    char shown[300], other[200], mine[200];
    for (size_t i = 0; i < seen->faces.count; i++)
        if (p->tagged[i].result == KIN_TAG_BY_HAND && p->tag[i].name)
            kin_say("%s: %s stays, as it was named by hand; kin would say %s", kin_shown(seen->path, shown, sizeof shown),
                    kin_shown(p->tagged[i].other, other, sizeof other), kin_shown(p->tag[i].name, mine, sizeof mine));
}

static void tell(kin_app *app, kin_seen *seen, void *arg)
{
    desk *d = arg;
    page  p = {.ctx = d->ctx};
    if (seen->status != KIN_OK) {
        if (app->set.json) kin_json_print(app, kin_seen_json(seen, 0));
        return;
    }
    kin_status status = write_names(&p, seen);
    if (status != KIN_OK)
        kin_fail_verb(app, d->ctx, status, KIN_ROLE_PHOTO);
    else if (app->set.json)
        tell_json(app, seen, &p);
    else
        tell_text(app, seen, &p);
    if (status == KIN_OK && !app->set.quiet) say_by_hand(seen, &p);
    if (status == KIN_OK && app->set.verbose && p.changed) kin_say("%s: written", p.path);
    page_free(&p, seen->faces.count);
}

int kin_verb_tag(kin_app *app)
{
    desk d = {0};
    if (!kin_xmp_library()) {
        kin_say("tag: this kin was built without exempi, which writes XMP");
        return EXIT_USAGE;
    }
    for (int i = 0; i < app->arg_count; i++)
        if (strcmp(app->arg[i], "-") == 0) {
            kin_say("tag: a photo from standard input has no place for a sidecar");
            return EXIT_USAGE;
        }
    d.ctx = kin_context_new(&(kin_options){.threads = 1, .max_memory = app->ctx->max_memory});
    if (!d.ctx) {
        kin_say("out of memory");
        return EXIT_RESOURCES;
    }
    kin_identify_photos(app, tell, &d);
    kin_context_free(d.ctx);
    return app->exit;
}

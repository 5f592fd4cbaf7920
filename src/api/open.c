/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks by file or name: in the model folders or compiled in.
 */
#include "api/open.h"

#include <stdio.h>
#include <string.h>

#include "api/builtin.h"
#include "format/card/card.h"
#include "nn/graph.h"
#include "os/files.h"
#include "zoo/network.h"

static void unmap(void *owner)
{
    kin_file_unmap(owner);
}

/* `map` becomes the graph's. */
static kin_status read_map(kin_context *ctx, const kin_map *map, kin_graph **out)
{
    KIN_TRY(kin_graph_read_memory(ctx, map->data, map->size, out));
    kin_status status = kin_arena_alloc(&(*out)->arena, 1, sizeof *map, &(*out)->owner);
    if (status == KIN_OK) {
        memcpy((*out)->owner, map, sizeof *map);
        (*out)->release = unmap;
        return KIN_OK;
    }
    kin_graph_free(*out);
    *out = NULL;
    return status;
}

static kin_status read_file(kin_context *ctx, const char *path, kin_graph **out)
{
    kin_map map;
    KIN_TRY(kin_file_map(ctx, path, &map));
    kin_status status = read_map(ctx, &map, out);
    if (status == KIN_OK) return KIN_OK;
    kin_file_unmap(&map);
    return kin_fail_prefix(ctx, status, path);
}

kin_status kin_graph_read(kin_context *ctx, const char *path, kin_graph **out)
{
    *out = NULL;
    kin_enter(ctx);
    kin_status status = read_file(ctx, path, out);
    kin_leave(ctx);
    return status;
}

kin_status kin_graph_write(const kin_graph *graph, const char *path)
{
    uint8_t *bytes;
    size_t   size;
    kin_enter(graph->ctx);
    kin_status status = kin_graph_write_memory(graph, &bytes, &size);
    if (status == KIN_OK) status = kin_file_replace(graph->ctx, path, bytes, size);
    kin_release(graph->ctx, bytes);
    kin_leave(graph->ctx);
    return status;
}

/* --- names --- */

/* Folders that may hold NAME.tflite or a folder NAME: each is ENV/suffix, or $HOME/suffix. */
static const struct {
    const char *variable, *suffix;
} folder[] = {
    {"KIN_MODELS", ""},
    {"XDG_DATA_HOME", "/kin/models"},
    {"HOME", "/.local/share/kin/models"},
};

static bool in_folders(const char *name, const char *ending, kin_path_kind kind, char *out, size_t size)
{
    for (size_t i = 0; i < sizeof folder / sizeof *folder; i++) {
        const char *root = kin_os_env(folder[i].variable);
        if (!root) continue;
        int n = snprintf(out, size, "%s%s/%s%s", root, folder[i].suffix, name, ending);
        if (n > 0 && (size_t)n < size && kin_path_what(out) == kind) return true;
    }
    return false;
}

/* A name, not a path: no slash, no ending, and no file is called so. A folder that is does not matter. */
static bool is_name(const char *model)
{
    kin_path_kind there = kin_path_what(model);
    return !strpbrk(model, "/\\.") && (there == KIN_PATH_NONE || there == KIN_PATH_FOLDER);
}

bool kin_model_is_bare(const char *model)
{
    char        path[4096];
    kin_builtin inside;
    return kin_zoo_find(model) && is_name(model) && !in_folders(model, ".tflite", KIN_PATH_FILE, path, sizeof path) &&
           !kin_builtin_find(model, &inside);
}

bool kin_model_folder(const char *model, char *out, size_t size)
{
    if (!is_name(model)) {
        int n = snprintf(out, size, "%s", model);
        return n > 0 && (size_t)n < size && kin_path_what(out) == KIN_PATH_FOLDER;
    }
    return !in_folders(model, ".tflite", KIN_PATH_FILE, out, size) && in_folders(model, "", KIN_PATH_FOLDER, out, size);
}

bool kin_model_place(const char *name, char *out, size_t size)
{
    for (size_t i = 0; i < sizeof folder / sizeof *folder; i++) {
        const char *root = kin_os_env(folder[i].variable);
        int         n = root ? snprintf(out, size, "%s%s/%s", root, folder[i].suffix, name) : 0;
        if (n > 0 && (size_t)n < size) return true;
    }
    return false;
}

kin_status kin_model_open(kin_context *ctx, const char *model, const char *fallback, kin_graph **out)
{
    *out = NULL;
    if (model && !is_name(model)) return read_file(ctx, model, out);
    const char *name = model ? model : fallback;
    char        path[4096];
    kin_builtin inside;
    if (model && in_folders(name, ".tflite", KIN_PATH_FILE, path, sizeof path)) return read_file(ctx, path, out);
    if (kin_model_is_bare(name))
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "%s: kin knows this network's layers only, and with random weights it names nobody; trained "
                        "ones go as %s.tflite into $KIN_MODELS", name, name);
    if (!kin_builtin_find(name, &inside))
        return kin_fail(ctx, KIN_E_NOT_FOUND, "no model '%s': not in $KIN_MODELS, not in the data folder, not inside this program", name);
    kin_status status = kin_graph_read_memory(ctx, inside.bytes, inside.size, out);
    return status == KIN_OK ? status : kin_fail_prefix(ctx, status, name);
}

kin_status kin_model_card(kin_graph *graph, const char *shown, const kin_card **out)
{
    kin_context *ctx = graph->ctx;
    kin_card    *card;
    *out = NULL;
    KIN_TRY(kin_arena_alloc(&graph->arena, 1, sizeof *card, &card));
    kin_status status = kin_graph_card(graph, card);
    if (status != KIN_OK) return kin_fail_prefix(ctx, status == KIN_E_NOT_FOUND ? KIN_E_UNSUPPORTED : status, shown);
    *out = card;
    return KIN_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of TensorFlow Lite's metadata (tflite_support/metadata_schema.fbs, "M001") that tells what a classifier wants
 * and says. The label file itself lies in a zip archive behind the model.
 */
#include "format/tflite/metadata.h"

#include <string.h>

#include "base/text.h"
#include "format/card/labels.h"
#include "format/tflite/flatbuffer.h"
#include "format/tflite/zip.h"

/* Field numbers of the schema. */
enum { MODEL_NAME = 0, MODEL_SUBGRAPHS = 3 };
enum { SUBGRAPH_INPUTS = 2, SUBGRAPH_OUTPUTS = 3 };
enum { TENSOR_CONTENT = 3, TENSOR_UNITS = 4, TENSOR_FILES = 6 };
enum { FILE_NAME = 0, FILE_TYPE = 2, FILE_LOCALE = 3, AXIS_LABELS = 2 };
enum { UNIT_TYPE = 0, UNIT_OPTIONS = 1, NORMALISATION = 1, NORM_MEAN = 0, NORM_STD = 1 };
enum { CONTENT_TYPE = 0, CONTENT_PROPERTIES = 1, IMAGE = 2, IMAGE_COLOURS = 0, RGB = 1 };

/* Tables refer to their parents, so this stays where it is. */
typedef struct {
    kin_fb_file   file;
    kin_fb_table  root, subgraph, tensor;
    kin_fb_vector subgraphs, tensors;
} metadata;

/* The first tensor of the first subgraph's list `field`; *found false when there is none. */
static kin_status open_tensor(kin_graph *graph, metadata *m, int field, const char *name, bool *found)
{
    const kin_metadata *entry = kin_graph_metadata_find(graph, "TFLITE_METADATA");
    *found = false;
    if (!entry) return KIN_OK;
    KIN_TRY(kin_fb_open(graph->ctx, entry->bytes, entry->size, "M001", &m->file, &m->root));
    KIN_TRY(kin_fb_items(&m->root, MODEL_SUBGRAPHS, "subgraph_metadata", KIN_FB_OFFSETS, &m->subgraphs));
    if (m->subgraphs.count == 0) return KIN_OK;
    KIN_TRY(kin_fb_item_table(&m->subgraphs, 0, "subgraph", &m->subgraph));
    KIN_TRY(kin_fb_items(&m->subgraph, field, name, KIN_FB_OFFSETS, &m->tensors));
    if (m->tensors.count == 0) return KIN_OK;
    *found = true;
    return kin_fb_item_table(&m->tensors, 0, name, &m->tensor);
}

/* --- labels --- */

/* The name of the output's label file, one without a locale before others; length 0 when there is none. */
static kin_status label_file(const kin_fb_table *tensor, kin_fb_text *out)
{
    kin_fb_vector files;
    *out = (kin_fb_text){"", 0};
    KIN_TRY(kin_fb_items(tensor, TENSOR_FILES, "associated_files", KIN_FB_OFFSETS, &files));
    for (size_t i = 0; i < files.count; i++) {
        kin_fb_table file;
        kin_fb_text  name, locale;
        int8_t       type;
        KIN_TRY(kin_fb_item_table(&files, i, "file", &file));
        KIN_TRY(kin_fb_i8(&file, FILE_TYPE, "type", 0, &type));
        KIN_TRY(kin_fb_string(&file, FILE_NAME, "name", &name));
        KIN_TRY(kin_fb_string(&file, FILE_LOCALE, "locale", &locale));
        if (type == AXIS_LABELS && (out->length == 0 || locale.length == 0)) *out = name;
        if (type == AXIS_LABELS && locale.length == 0) break;
    }
    return KIN_OK;
}

static kin_status read_labels(kin_graph *graph, const char ***label, size_t *count)
{
    metadata       m;
    bool           found;
    kin_fb_text    name;
    const uint8_t *text;
    size_t         size;
    char           shown[80];
    KIN_TRY(open_tensor(graph, &m, SUBGRAPH_OUTPUTS, "output", &found));
    if (!found) return KIN_OK;
    KIN_TRY(label_file(&m.tensor, &name));
    if (name.length == 0) return KIN_OK;
    KIN_TRY(kin_zip_find(graph->ctx, graph->file, graph->file_size, name.bytes, name.length, &text, &size));
    if (!text)
        return kin_fail(graph->ctx, KIN_E_FORMAT, "the label file '%s' is not behind the model",
                        kin_printable(name.bytes, name.length, shown, sizeof shown));
    return kin_labels_read(&graph->arena, text, size, label, count);
}

kin_status kin_tflite_labels(kin_graph *graph, const char ***label, size_t *count)
{
    *label = NULL;
    *count = 0;
    kin_status status = read_labels(graph, label, count);
    return status == KIN_OK ? status : kin_fail_prefix(graph->ctx, status, "metadata");
}

/* --- how it wants to be fed --- */

/* One number for all channels or one each. */
static bool three(const kin_fb_vector *numbers, float out[3])
{
    if (numbers->count != 1 && numbers->count != 3) return false;
    for (size_t c = 0; c < 3; c++) out[c] = kin_fb_item_f32(numbers, numbers->count == 3 ? c : 0);
    return true;
}

static kin_status read_normalisation(const kin_fb_table *tensor, kin_card *card, bool *found)
{
    kin_fb_vector units;
    *found = false;
    KIN_TRY(kin_fb_items(tensor, TENSOR_UNITS, "process_units", KIN_FB_OFFSETS, &units));
    for (size_t i = 0; i < units.count && !*found; i++) {
        kin_fb_table  unit, options;
        kin_fb_vector mean, std;
        uint8_t       type;
        KIN_TRY(kin_fb_item_table(&units, i, "process_unit", &unit));
        KIN_TRY(kin_fb_u8(&unit, UNIT_TYPE, "options_type", 0, &type));
        if (type != NORMALISATION) continue;
        KIN_TRY(kin_fb_child(&unit, UNIT_OPTIONS, "options", &options));
        if (!options.file) continue;
        KIN_TRY(kin_fb_items(&options, NORM_MEAN, "mean", 4, &mean));
        KIN_TRY(kin_fb_items(&options, NORM_STD, "std", 4, &std));
        *found = three(&mean, card->mean) && three(&std, card->scale);
    }
    return KIN_OK;
}

static kin_status is_rgb(const kin_fb_table *tensor, bool *out)
{
    kin_fb_table content, image;
    uint8_t      type;
    int8_t       colours;
    *out = false;
    KIN_TRY(kin_fb_child(tensor, TENSOR_CONTENT, "content", &content));
    if (!content.file) return KIN_OK;
    KIN_TRY(kin_fb_u8(&content, CONTENT_TYPE, "content_properties_type", 0, &type));
    if (type != IMAGE) return KIN_OK;
    KIN_TRY(kin_fb_child(&content, CONTENT_PROPERTIES, "content_properties", &image));
    if (!image.file) return KIN_OK;
    KIN_TRY(kin_fb_i8(&image, IMAGE_COLOURS, "color_space", 0, &colours));
    *out = colours == RGB;
    return KIN_OK;
}

static kin_status read_card(kin_graph *graph, kin_card *card, bool *found)
{
    metadata    in, out;
    kin_fb_text name;
    char        shown[120];
    bool        rgb;
    kin_shape   shape = kin_graph_input_shape(graph, 0);
    KIN_TRY(open_tensor(graph, &out, SUBGRAPH_OUTPUTS, "output", found));
    if (!*found) return KIN_OK;
    KIN_TRY(label_file(&out.tensor, &name));
    *found = name.length > 0 && shape.rank == 4 && shape.dim[1] > 0 && shape.dim[2] > 0 && shape.dim[1] < 8192 && shape.dim[2] < 8192;
    if (!*found) return KIN_OK;
    KIN_TRY(open_tensor(graph, &in, SUBGRAPH_INPUTS, "input", found));
    if (!*found) return KIN_OK;
    KIN_TRY(is_rgb(&in.tensor, &rgb));
    KIN_TRY(read_normalisation(&in.tensor, card, found));
    *found = *found && rgb;
    KIN_TRY(kin_fb_string(&in.root, MODEL_NAME, "name", &name));
    kin_printable(name.bytes, name.length, shown, sizeof shown);
    card->width = (int)shape.dim[2], card->height = (int)shape.dim[1];
    return kin_arena_string(&graph->arena, shown, strlen(shown), &card->name);
}

kin_status kin_tflite_card(kin_graph *graph, kin_card *card, bool *found)
{
    kin_card made = {.kind = KIN_CARD_CLASSIFIER, .name = "", .version = "", .licence = "", .training = "", .results = "",
                     .credit = "", .decode = "softmax", .resize = KIN_RESIZE_TENSORFLOW, .align = KIN_ALIGN_NONE, .multiple = 1};
    kin_status status = read_card(graph, &made, found);
    if (status == KIN_OK && *found) *card = made;
    return status == KIN_OK ? status : kin_fail_prefix(graph->ctx, status, "metadata");
}

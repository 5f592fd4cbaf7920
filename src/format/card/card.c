/* SPDX-License-Identifier: Apache-2.0
 *
 * The card's fields as a table: where each stands in the JSON and in kin_card, its range, when it must be there.
 */
#include "format/card/card.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "format/card/json.h"

typedef enum { FIELD_INT, FIELD_COUNT64, FIELD_FLOAT, FIELD_BOOL, FIELD_WORD, FIELD_WORD_BOOL,
               FIELD_TEXT, FIELD_FLOATS, FIELD_INTS, FIELD_POINTS } field_kind;

/* When a field must be given: bits, set as the fields that decide it are read. */
enum {
    ALWAYS = 1 << 0,
    EMBEDDER = 1 << 1,
    DETECTOR = 1 << 2,
    CLASSIFIER = 1 << 3,
    FIVE_POINTS = 1 << 4,
    MARGIN = 1 << 5,
    SSD = 1 << 6
};

typedef struct {
    const char *text;
    int         value;
} word;

typedef struct {
    const char *section, *name; /* section "" is the card itself */
    field_kind  kind;
    size_t      offset;
    unsigned    needed;
    double      least, most;
    const word *words; /* FIELD_WORD, of an enum; FIELD_WORD_BOOL */
    bool        not_zero;
} field;

typedef struct {
    kin_arena      *arena; /* of what stays */
    const kin_json *root;
    kin_card       *card;
} reader;

static const word kind_words[] = {{"embedder", KIN_CARD_EMBEDDER},
                                  {"detector", KIN_CARD_DETECTOR},
                                  {"classifier", KIN_CARD_CLASSIFIER},
                                  {NULL, 0}};
static const word channel_words[] = {{"RGB", false}, {"BGR", true}, {NULL, 0}};
static const word resize_words[] = {
    {"antialias", KIN_RESIZE_ANTIALIAS}, {"tensorflow", KIN_RESIZE_TENSORFLOW}, {"bilinear", KIN_RESIZE_TENSORFLOW},
    {"area", KIN_RESIZE_AREA}, {NULL, 0}};
static const word align_words[] = {
    {"none", KIN_ALIGN_NONE}, {"five-points", KIN_ALIGN_FIVE_POINTS}, {"margin", KIN_ALIGN_MARGIN}, {NULL, 0}};

#define AT(member) offsetof(kin_card, member)
/* In this order: what decides whether others are needed comes first. */
static const field fields[] = {
    {"", "kind", FIELD_WORD, AT(kind), ALWAYS, 0, 0, kind_words, false},
    {"", "name", FIELD_TEXT, AT(name), ALWAYS, 0, 0, NULL, false},
    {"", "version", FIELD_TEXT, AT(version), 0, 0, 0, NULL, false},
    {"", "licence", FIELD_TEXT, AT(licence), 0, 0, 0, NULL, false},
    {"", "training", FIELD_TEXT, AT(training), 0, 0, 0, NULL, false},
    {"", "results", FIELD_TEXT, AT(results), 0, 0, 0, NULL, false},
    {"", "credit", FIELD_TEXT, AT(credit), 0, 0, 0, NULL, false},
    {"input", "align", FIELD_WORD, AT(align), EMBEDDER, 0, 0, align_words, false},
    {"output", "decode", FIELD_TEXT, AT(decode), ALWAYS, 0, 0, NULL, false},
    {"input", "width", FIELD_INT, AT(width), EMBEDDER | CLASSIFIER, 1, 8192, NULL, false},
    {"input", "height", FIELD_INT, AT(height), EMBEDDER | CLASSIFIER, 1, 8192, NULL, false},
    {"input", "channels", FIELD_WORD_BOOL, AT(bgr), ALWAYS, 0, 0, channel_words, false},
    {"input", "mean", FIELD_FLOATS, AT(mean), ALWAYS, -1e6, 1e6, NULL, false},
    {"input", "scale", FIELD_FLOATS, AT(scale), ALWAYS, -1e6, 1e6, NULL, true},
    {"input", "resize", FIELD_WORD, AT(resize), ALWAYS, 0, 0, resize_words, false},
    {"input", "template", FIELD_POINTS, AT(points), FIVE_POINTS, -8192, 16384, NULL, false},
    {"input", "margin", FIELD_FLOAT, AT(margin), MARGIN, 0, 10, NULL, false},
    {"input", "multiple", FIELD_INT, AT(multiple), SSD, 1, 1024, NULL, false},
    {"input", "pad", FIELD_INT, AT(pad), 0, 0, 255, NULL, false},
    {"output", "normalise", FIELD_BOOL, AT(normalise), EMBEDDER, 0, 0, NULL, false},
    {"output", "mirror", FIELD_BOOL, AT(mirror), EMBEDDER, 0, 0, NULL, false},
    {"output", "strides", FIELD_INTS, AT(strides), SSD, 1, 1024, NULL, false},
    {"output", "score", FIELD_FLOAT, AT(score), SSD, 0, 1, NULL, false},
    {"output", "nms", FIELD_FLOAT, AT(nms), SSD, 0, 1, NULL, false},
    {"output", "smallest_face_px", FIELD_FLOAT, AT(smallest_face_px), SSD, 1, 8192, NULL, false},
    {"output", "largest_face_px", FIELD_FLOAT, AT(largest_face_px), SSD, 1, 8192, NULL, false},
    {"output", "longer_side_px", FIELD_INT, AT(longer_side_px), SSD, 1, 65536, NULL, false},
    {"thresholds", "pairs", FIELD_COUNT64, AT(pairs), 0, 0, 1e15, NULL, false},
};
enum { FIELDS = sizeof fields / sizeof *fields, STRIDES_MAX = sizeof((kin_card *)0)->strides / sizeof(int) };

/* --- messages --- */

static kin_status fail(const reader *r, const field *f, const char *text)
{
    return kin_fail(r->arena->ctx, KIN_E_FORMAT, "card: %s%s%s: %s", f->section, *f->section ? "." : "", f->name, text);
}

static kin_status fail_kind(const reader *r, const field *f, const kin_json *found, kin_json_kind expected)
{
    char text[80];
    snprintf(text, sizeof text, "%s, expected %s", kin_json_kind_name(found->kind), kin_json_kind_name(expected));
    return fail(r, f, text);
}

/* --- one value --- */

/* A number in the field's range; `index` < 0: not in a list. */
static kin_status number(const reader *r, const field *f, const kin_json *value, int index, bool whole, double *out)
{
    char text[96], where[24] = "";
    if (index >= 0) snprintf(where, sizeof where, "[%d]", index);
    if (value->kind != KIN_JSON_NUMBER)
        snprintf(text, sizeof text, "%s, expected a number", kin_json_kind_name(value->kind));
    else if (f->not_zero && value->number == 0) /* also what a float would round to zero */
        snprintf(text, sizeof text, "0, must not be 0");
    else if (f->not_zero && fabs(value->number) < 1e-6)
        snprintf(text, sizeof text, "%g, is too near to 0", value->number);
    else if (value->number < f->least || value->number > f->most)
        snprintf(text, sizeof text, "%g, expected %g to %g", value->number, f->least, f->most);
    else if (whole && value->number != floor(value->number))
        snprintf(text, sizeof text, "%g, expected a whole number", value->number);
    else {
        *out = value->number;
        return KIN_OK;
    }
    return kin_fail(r->arena->ctx, KIN_E_FORMAT, "card: %s%s%s%s: %s", f->section, *f->section ? "." : "", f->name,
                    where, text);
}

static kin_status read_int(reader *r, const field *f, const kin_json *value, void *place)
{
    double x;
    KIN_TRY(number(r, f, value, -1, true, &x));
    *(int *)place = (int)x;
    return KIN_OK;
}

static kin_status read_count64(reader *r, const field *f, const kin_json *value, void *place)
{
    double x;
    KIN_TRY(number(r, f, value, -1, true, &x));
    *(uint64_t *)place = (uint64_t)x;
    return KIN_OK;
}

static kin_status read_float(reader *r, const field *f, const kin_json *value, void *place)
{
    double x;
    KIN_TRY(number(r, f, value, -1, false, &x));
    *(float *)place = (float)x;
    return KIN_OK;
}

static kin_status read_bool(reader *r, const field *f, const kin_json *value, void *place)
{
    if (value->kind != KIN_JSON_BOOL) return fail_kind(r, f, value, KIN_JSON_BOOL);
    *(bool *)place = value->truth;
    return KIN_OK;
}

/* Texts end on terminals: no control characters but line breaks. */
static kin_status copy_text(reader *r, const field *f, const kin_json *value, const char **out)
{
    if (value->kind != KIN_JSON_TEXT) return fail_kind(r, f, value, KIN_JSON_TEXT);
    for (size_t i = 0; i < value->length; i++) {
        unsigned char c = (unsigned char)value->text[i], next = (unsigned char)value->text[i + 1];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F || (c == 0xC2 && next < 0xA0))
            return fail(r, f, "a control character in the text");
    }
    return kin_arena_string(r->arena, value->text, value->length, out);
}

static kin_status read_text(reader *r, const field *f, const kin_json *value, void *place)
{
    return copy_text(r, f, value, place);
}

static kin_status find_word(reader *r, const field *f, const kin_json *value, int *out)
{
    if (value->kind != KIN_JSON_TEXT) return fail_kind(r, f, value, KIN_JSON_TEXT);
    char list[96] = "expected ";
    for (int i = 0; f->words[i].text; i++) {
        *out = f->words[i].value;
        if (strcmp(f->words[i].text, value->text) == 0) return KIN_OK;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? " or " : "", f->words[i].text);
    }
    return fail(r, f, list);
}

static kin_status read_word(reader *r, const field *f, const kin_json *value, void *place)
{
    int found;
    KIN_TRY(find_word(r, f, value, &found));
    memcpy(place, &found, sizeof found); /* an enum */
    return KIN_OK;
}

static kin_status read_word_bool(reader *r, const field *f, const kin_json *value, void *place)
{
    int found;
    KIN_TRY(find_word(r, f, value, &found));
    *(bool *)place = found != 0;
    return KIN_OK;
}

static kin_status fail_count(const reader *r, const field *f, size_t found, const char *expected)
{
    char text[80];
    snprintf(text, sizeof text, "%zu entries, expected %s", found, expected);
    return fail(r, f, text);
}

static kin_status read_floats(reader *r, const field *f, const kin_json *value, void *place)
{
    float *out = place;
    int    i = 0;
    if (value->kind != KIN_JSON_LIST) return fail_kind(r, f, value, KIN_JSON_LIST);
    if (value->count != 3) return fail_count(r, f, value->count, "3");
    for (const kin_json *item = value->first; item; item = item->next, i++) {
        double x;
        KIN_TRY(number(r, f, item, i, false, &x));
        out[i] = (float)x;
    }
    return KIN_OK;
}

static kin_status read_ints(reader *r, const field *f, const kin_json *value, void *place)
{
    int *out = place, i = 0;
    if (value->kind != KIN_JSON_LIST) return fail_kind(r, f, value, KIN_JSON_LIST);
    if (value->count < 1 || value->count > STRIDES_MAX) return fail_count(r, f, value->count, "1 to 8");
    for (const kin_json *item = value->first; item; item = item->next, i++) {
        double x;
        KIN_TRY(number(r, f, item, i, true, &x));
        out[i] = (int)x;
    }
    r->card->stride_count = i;
    return KIN_OK;
}

static kin_status read_points(reader *r, const field *f, const kin_json *value, void *place)
{
    float(*out)[2] = place;
    int  i = 0;
    bool apart = false;
    if (value->kind != KIN_JSON_LIST) return fail_kind(r, f, value, KIN_JSON_LIST);
    if (value->count != KIN_CARD_POINTS) return fail_count(r, f, value->count, "5");
    for (const kin_json *item = value->first; item; item = item->next, i++) {
        double x, y;
        if (item->kind != KIN_JSON_LIST || item->count != 2) return fail(r, f, "expected five pairs of x and y");
        KIN_TRY(number(r, f, item->first, i, false, &x));
        KIN_TRY(number(r, f, item->first->next, i, false, &y));
        out[i][0] = (float)x, out[i][1] = (float)y;
        apart = apart || out[i][0] != out[0][0] || out[i][1] != out[0][1];
    }
    return apart ? KIN_OK : fail(r, f, "all five points are the same");
}

static kin_status (*const read_kind[])(reader *, const field *, const kin_json *, void *) = {
    [FIELD_INT] = read_int,       [FIELD_COUNT64] = read_count64, [FIELD_FLOAT] = read_float,
    [FIELD_BOOL] = read_bool,     [FIELD_WORD] = read_word,       [FIELD_WORD_BOOL] = read_word_bool,
    [FIELD_TEXT] = read_text,     [FIELD_FLOATS] = read_floats,   [FIELD_INTS] = read_ints,
    [FIELD_POINTS] = read_points,
};

/* --- tables of unknown length --- */

static const field table_field = {"thresholds", "table", FIELD_FLOAT, 0, 0, 0, 0, NULL, false};
static const field far_field = {"thresholds.table", "far", FIELD_FLOAT, 0, 0, 0, 1, NULL, true};
static const field similarity_field = {"thresholds.table", "similarity", FIELD_FLOAT, 0, 0, -1, 1, NULL, false};
static const field labels_field = {"", "labels", FIELD_TEXT, 0, 0, 0, 0, NULL, false};
enum { FAR_ROWS_MAX = 1000 };

/* One row; it must go on from the one before. */
static kin_status read_far_row(reader *r, const kin_json *value, int i, kin_far_row *rows)
{
    const kin_json *far = kin_json_find(value, "far"), *similarity = kin_json_find(value, "similarity");
    if (!far || !similarity) return fail(r, &table_field, "every row needs far and similarity");
    if (far->kind == KIN_JSON_NUMBER && far->number <= 0) return fail(r, &far_field, "must be above 0");
    field small = far_field; /* far may be as small as 1e-9 */
    small.not_zero = false;
    KIN_TRY(number(r, &small, far, i, false, &rows[i].far));
    KIN_TRY(number(r, &similarity_field, similarity, i, false, &rows[i].similarity));
    if (i > 0 && rows[i].far >= rows[i - 1].far) return fail(r, &table_field, "far must fall from row to row");
    if (i > 0 && rows[i].similarity <= rows[i - 1].similarity)
        return fail(r, &table_field, "similarity must rise from row to row");
    return KIN_OK;
}

static kin_status read_far_table(reader *r)
{
    const kin_json *table = kin_json_find(kin_json_find(r->root, "thresholds"), "table");
    int             i = 0;
    if (!table) return KIN_OK;
    if (table->kind != KIN_JSON_LIST) return fail_kind(r, &table_field, table, KIN_JSON_LIST);
    if (table->count > FAR_ROWS_MAX) return fail_count(r, &table_field, table->count, "at most 1000");
    KIN_TRY(kin_arena_alloc(r->arena, table->count, sizeof *r->card->far_row, &r->card->far_row));
    for (const kin_json *row = table->first; row; row = row->next, i++)
        KIN_TRY(read_far_row(r, row, i, r->card->far_row));
    r->card->far_count = table->count;
    return KIN_OK;
}

static kin_status read_labels(reader *r)
{
    const kin_json *labels = kin_json_find(r->root, "labels");
    size_t          i = 0;
    if (!labels) return KIN_OK;
    if (labels->kind != KIN_JSON_LIST) return fail_kind(r, &labels_field, labels, KIN_JSON_LIST);
    KIN_TRY(kin_arena_alloc(r->arena, labels->count, sizeof *r->card->label, &r->card->label));
    for (const kin_json *label = labels->first; label; label = label->next)
        KIN_TRY(copy_text(r, &labels_field, label, &r->card->label[i++]));
    r->card->label_count = labels->count;
    return KIN_OK;
}

/* --- the card --- */

static unsigned needs(const kin_card *card)
{
    unsigned bits = ALWAYS | (EMBEDDER << card->kind);
    if (card->align == KIN_ALIGN_FIVE_POINTS) bits |= FIVE_POINTS;
    if (card->align == KIN_ALIGN_MARGIN) bits |= MARGIN;
    if (strcmp(card->decode, "ssd") == 0) bits |= SSD;
    return bits;
}

static kin_status read_field(reader *r, const field *f)
{
    const kin_json *section = *f->section ? kin_json_find(r->root, f->section) : r->root;
    const kin_json *value = kin_json_find(section, f->name);
    if (section && section->kind != KIN_JSON_OBJECT)
        return kin_fail(r->arena->ctx, KIN_E_FORMAT, "card: %s: %s, expected an object", f->section,
                        kin_json_kind_name(section->kind));
    if (value) return read_kind[f->kind](r, f, value, (char *)r->card + f->offset);
    return f->needed & needs(r->card) ? fail(r, f, "is missing") : KIN_OK;
}

static kin_status check_version(const reader *r)
{
    static const field version = {"", "card", FIELD_INT, 0, 0, 0, 1e9, NULL, false};
    const kin_json    *value = kin_json_find(r->root, version.name);
    double             x;
    if (!value) return fail(r, &version, "is missing");
    KIN_TRY(number(r, &version, value, -1, true, &x));
    if (x == KIN_CARD_VERSION) return KIN_OK;
    return kin_fail(r->arena->ctx, KIN_E_UNSUPPORTED, "card: card: version %.0f, expected %d", x, KIN_CARD_VERSION);
}

static kin_status read_card(reader *r)
{
    kin_card *card = r->card;
    *card = (kin_card){.name = "", .version = "", .licence = "", .training = "", .results = "", .credit = "",
                       .decode = "", .scale = {1, 1, 1}, .multiple = 1};
    KIN_TRY(check_version(r));
    for (size_t i = 0; i < FIELDS; i++) KIN_TRY(read_field(r, &fields[i]));
    KIN_TRY(read_far_table(r));
    KIN_TRY(read_labels(r));
    if (card->smallest_face_px > card->largest_face_px)
        return kin_fail(r->arena->ctx, KIN_E_FORMAT, "card: output.smallest_face_px: above largest_face_px");
    return KIN_OK;
}

kin_status kin_card_read(kin_arena *arena, const void *json, size_t size, kin_card *out)
{
    kin_arena tree = kin_arena_make(arena->ctx);
    kin_card  card;
    reader    r = {arena, NULL, &card};
    if (size > KIN_CARD_BYTES_MAX)
        return kin_fail(arena->ctx, KIN_E_FORMAT, "card: %zu bytes, expected at most %d", size, KIN_CARD_BYTES_MAX);
    kin_status status = kin_json_read(&tree, json, size, &r.root);
    if (status != KIN_OK)
        kin_fail_prefix(arena->ctx, status, "card");
    else if (r.root->kind != KIN_JSON_OBJECT)
        status = kin_fail(arena->ctx, KIN_E_FORMAT, "card: %s, expected an object", kin_json_kind_name(r.root->kind));
    else
        status = read_card(&r);
    kin_arena_free(&tree);
    if (status == KIN_OK) *out = card;
    return status;
}

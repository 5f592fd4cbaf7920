/* SPDX-License-Identifier: Apache-2.0
 *
 * The forms in which answers are printed.
 */
#include "app/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"

double kin_round_to(double value, double step)
{
    double scale = round(1.0 / step); /* exact: 10, 1000: the quotient prints short */
    return round(value * scale) / scale;
}

double kin_round_rate(double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.1e", value);
    return strtod(text, NULL);
}

json_t *kin_json_number(double value, double step)
{
    if (!isfinite(value)) return json_null();
    double rounded = kin_round_to(value, step);
    return json_real(rounded == 0 ? 0 : rounded);
}

json_t *kin_rate_json(const kin_rate *r)
{
    json_t *out = json_object();
    json_object_set_new(out, "count", json_integer((json_int_t)r->count));
    json_object_set_new(out, "of", json_integer((json_int_t)r->of));
    json_object_set_new(out, "low", kin_json_number(r->low, 0.0001));
    json_object_set_new(out, "high", kin_json_number(r->high, 0.0001));
    return out;
}

void kin_put_rate(const kin_rate *r)
{
    printf("%zu of %zu, %.2f %% (%.2f to %.2f)", r->count, r->of, r->of ? 100.0 * (double)r->count / (double)r->of : 0,
           100 * r->low, 100 * r->high);
}

const char *kin_shown(const char *text, char *out, size_t size)
{
    return kin_printable(text, strlen(text), out, size);
}

int kin_columns(const char *text)
{
    int count = 0;
    for (; *text; text++) count += ((unsigned char)*text & 0xC0) != 0x80; /* bytes that begin a character */
    return count;
}

void kin_put_cell(const char *text, int columns)
{
    char shown[300];
    kin_shown(text, shown, sizeof shown);
    int pad = columns - kin_columns(shown);
    printf("%s%*s", shown, pad > 0 ? pad : 0, "");
}

void kin_put_path(const kin_app *app, const char *path)
{
    char shown[300];
    kin_shown(path, shown, sizeof shown);
    int pad = app->path_columns - kin_columns(shown);
    printf("%s:%*s", shown, pad > 0 ? pad + 1 : 1, "");
}

json_t *kin_json_text(const char *text)
{
    size_t n = strlen(text);
    if (kin_utf8_valid(text, n)) return json_stringn(text, n);
    char *safe = malloc(n + 4); /* kin_printable keeps room for three dots */
    if (!safe) return NULL;
    json_t *value = json_string(kin_printable(text, n, safe, n + 4));
    free(safe);
    return value;
}

void kin_json_print(kin_app *app, json_t *document)
{
    if (!document || json_dumpf(document, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9)) != 0) {
        kin_say("out of memory or standard output cannot be written");
        kin_raise(app, EXIT_RESOURCES);
    } else
        putchar('\n');
    json_decref(document);
}

const char *kin_who_label(const kin_who *who, char *out, size_t size)
{
    size_t used = 0;
    if (!who->candidates) {
        snprintf(out, size, "%s", who->name ? who->name : who->ignored ? "ignored" : "unknown");
        return out;
    }
    for (size_t i = 0; i < who->candidates && used < size; i++) {
        const char *before = i == 0 ? "" : i + 1 < who->candidates ? ", " : " or ";
        used += (size_t)snprintf(out + used, size - used, "%s%s", before, who->candidate[i].name);
    }
    if (used < size) snprintf(out + used, size - used, "?");
    return out;
}

static const char *const point_name[KIN_POINTS] = {"left_eye", "right_eye", "nose", "mouth_left", "mouth_right"};

static json_t *numbers(const float *value, size_t count, double step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, kin_json_number(value[i], step));
    return list;
}

static json_t *candidates_json(const kin_who *who)
{
    json_t *list = json_array();
    for (size_t i = 0; i < who->candidates; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "name", kin_json_text(who->candidate[i].name));
        json_object_set_new(one, "similarity", kin_json_number(who->candidate[i].similarity, 0.001));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *face_json(const kin_seen *seen, size_t i, size_t width)
{
    const kin_face *face = &seen->faces.face[i];
    json_t         *points = json_object();
    for (int p = 0; p < KIN_POINTS; p++)
        json_object_set_new(points, point_name[p], numbers(&face->points[p].x, 2, 0.1));
    json_t *quality = json_object();
    json_object_set_new(quality, "size_px", kin_json_number(face->quality.size_px, 0.1));
    json_object_set_new(quality, "sharpness", kin_json_number(face->quality.sharpness, 0.01));
    json_object_set_new(quality, "yaw", kin_json_number(face->quality.yaw, 0.1));
    json_object_set_new(quality, "pitch", kin_json_number(face->quality.pitch, 0.1));
    json_object_set_new(quality, "roll", kin_json_number(face->quality.roll, 0.1));

    json_t *out = json_object();
    json_object_set_new(out, "box", numbers(&face->box.x0, 4, 0.1));
    json_object_set_new(out, "score", kin_json_number(face->score, 0.0001));
    json_object_set_new(out, "points", points);
    json_object_set_new(out, "quality", quality);
    if (face->turned) json_object_set_new(out, "turned", json_integer(face->turned));
    if (seen->who) {
        const kin_who *who = &seen->who[i];
        json_object_set_new(out, "name", who->name ? kin_json_text(who->name) : json_null());
        if (who->ignored) json_object_set_new(out, "ignored", json_true());
        if (who->candidates) json_object_set_new(out, "candidates", candidates_json(who));
        if (who->unborn) json_object_set_new(out, "unborn", kin_json_text(who->unborn));
        if (who->taken) json_object_set_new(out, "taken", kin_json_text(who->taken));
        json_object_set_new(out, "similarity", kin_json_number(who->similarity, 0.001));
        json_object_set_new(out, "threshold", kin_json_number(who->threshold, 0.001));
        json_t *next = json_null();
        if (who->runner_up) {
            next = json_object();
            json_object_set_new(next, "name", kin_json_text(who->runner_up));
            json_object_set_new(next, "similarity", kin_json_number(who->runner_up_similarity, 0.001));
        }
        json_object_set_new(out, "runner_up", next);
    } else if (seen->vectors)
        json_object_set_new(out, "embedding", numbers(seen->vectors + i * width, width, 1e-7));
    return out;
}

json_t *kin_seen_json(const kin_seen *seen, size_t width)
{
    char    date[KIN_DATE_BYTES];
    json_t *out = json_object();
    json_object_set_new(out, "file", kin_json_text(seen->path));
    if (seen->status != KIN_OK) {
        json_t *error = json_object();
        json_object_set_new(error, "status", json_string(kin_status_name(seen->status)));
        json_object_set_new(error, "message", kin_json_text(seen->error));
        json_object_set_new(out, "error", error);
        return out;
    }
    json_object_set_new(out, "width", json_integer(seen->width));
    json_object_set_new(out, "height", json_integer(seen->height));
    json_object_set_new(out, "orientation", json_integer(seen->orientation));
    if (seen->date) json_object_set_new(out, "date", json_string(kin_date_write(seen->date, date, sizeof date)));
    json_object_set_new(out, "turned", json_integer(seen->faces.count ? seen->faces.face[0].turned : 0));
    json_t *faces = json_array();
    for (size_t i = 0; i < seen->faces.count; i++) json_array_append_new(faces, face_json(seen, i, width));
    json_object_set_new(out, "faces", faces);
    return out;
}

void kin_csv_text(const char *text, bool first)
{
    if (!first) putchar(',');
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"') putchar('"');
        putchar(*text);
    }
    putchar('"');
}

void kin_csv_number(double value, double step, bool first)
{
    if (!first) putchar(',');
    if (isfinite(value)) printf("%.9g", kin_round_to(value, step) + 0.0);
}

void kin_csv_header_faces(void)
{
    printf("file,face,x0,y0,x1,y1,score");
    for (int p = 0; p < KIN_POINTS; p++) printf(",%s_x,%s_y", point_name[p], point_name[p]);
    printf(",size_px,sharpness,yaw,pitch,roll,turned");
}

void kin_csv_face(const kin_seen *seen, size_t i)
{
    const kin_face *face = &seen->faces.face[i];
    kin_csv_text(seen->path, true);
    kin_csv_number((double)i + 1, 1, false); /* as in the text and in the names of crops */
    for (int k = 0; k < 4; k++) kin_csv_number((&face->box.x0)[k], 0.1, false);
    kin_csv_number(face->score, 0.0001, false);
    for (int p = 0; p < KIN_POINTS; p++) {
        kin_csv_number(face->points[p].x, 0.1, false);
        kin_csv_number(face->points[p].y, 0.1, false);
    }
    kin_csv_number(face->quality.size_px, 0.1, false);
    kin_csv_number(face->quality.sharpness, 0.01, false);
    kin_csv_number(face->quality.yaw, 0.1, false);
    kin_csv_number(face->quality.pitch, 0.1, false);
    kin_csv_number(face->quality.roll, 0.1, false);
    kin_csv_number(face->turned, 1, false);
}

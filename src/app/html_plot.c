/* SPDX-License-Identifier: Apache-2.0
 *
 * Plots in a report, as SVG.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/html.h"

enum { WIDE = 720, HIGH = 270, LEFT = 56, RIGHT = 18, TOP = 26, BOTTOM = 44, BINS = 60, STEPS = 160, DOTS_MOST = 3000 };

typedef struct {
    double      low, high;
    bool        tens;    /* logarithmic */
    bool        percent;
    const char *name;
} axis;

typedef struct {
    kin_html *h;
    axis      x, y;
    int       high;
} plot;

static double along(const axis *a, double value)
{
    if (isnan(value)) return value;
    value = fmin(fmax(value, a->low), a->high);
    return a->tens ? log(value / a->low) / log(a->high / a->low) : (value - a->low) / (a->high - a->low);
}
static double at_x(const plot *p, double value)
{
    return LEFT + along(&p->x, value) * (WIDE - LEFT - RIGHT);
}
static double at_y(const plot *p, double value)
{
    return p->high - BOTTOM - along(&p->y, value) * (p->high - BOTTOM - TOP);
}

/* The next tick behind `value`; about five of them, at 1, 2 or 5 times a power of ten, or at the powers. */
static double step_of(const axis *a)
{
    double rough = (a->high - a->low) / 5, power = pow(10, floor(log10(rough))), part = rough / power;
    return power * (part > 7 ? 10 : part > 3.5 ? 5 : part > 1.5 ? 2 : 1);
}

static void put_tick(plot *p, bool across, double value)
{
    const axis *a = across ? &p->x : &p->y;
    double      x = across ? at_x(p, value) : LEFT, y = across ? p->high - BOTTOM : at_y(p, value);
    double      shown = (a->percent ? 100 : 1) * (fabs(value) < 1e-9 ? 0 : value);
    if (across)
        kin_html_put(p->h, "<path class=\"grid\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.4g%s</text>", x, TOP,
                     p->high - BOTTOM, x, p->high - BOTTOM + 17, shown, a->percent ? "%" : "");
    else
        kin_html_put(p->h, "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.4g%s</text>", LEFT, y,
                     WIDE - RIGHT, LEFT - 7, y + 4, shown, a->percent ? "%" : "");
}

static plot begin(kin_html *h, int high, axis x, axis y)
{
    plot p = {h, x, y, high};
    kin_html_put(h, "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s, %s\">\n", WIDE, high, y.name, x.name);
    for (int across = 0; across < 2; across++) {
        const axis *a = across ? &p.x : &p.y;
        if (a->tens)
            for (double v = a->low; v < a->high * 1.01; v *= 10) put_tick(&p, across, v);
        else
            for (double s = step_of(a), v = ceil(a->low / s - 1e-6) * s; v < a->high + s * 1e-6; v += s) put_tick(&p, across, v);
    }
    kin_html_put(h, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text><text x=\"%d\" y=\"15\">%s</text>\n", WIDE - RIGHT, high - 8, x.name, 8,
                 y.name);
    return p;
}

static void end(const plot *p)
{
    kin_html_put(p->h, "</svg>\n");
}

/* Lines first: none runs through a word. */
static void put_marks(const plot *p, const kin_mark_line *marks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double x = at_x(p, marks[i].at);
        if (!isnan(x)) kin_html_put(p->h, "<line class=\"mark\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", x, TOP, x, p->high - BOTTOM);
    }
    for (size_t i = 0; i < count; i++) {
        double x = at_x(p, marks[i].at);
        bool   late = x > WIDE * 0.7;
        if (!isnan(x) && marks[i].name)
            kin_html_put(p->h, "<text class=\"mark\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s %.3f</text>\n", x + (late ? -5 : 5),
                         TOP + 12 + 15 * (int)i, late ? "end" : "start", marks[i].name, marks[i].at);
    }
}

static void put_key(kin_html *h, const char *look, const char *name)
{
    kin_html_put(h, "<span><i class=\"%s\"></i>%s</span>", look, name);
}

static void put_keys(kin_html *h, const kin_series *series, size_t count)
{
    kin_html_put(h, "<div class=\"keys\">");
    for (size_t i = 0; i < count; i++) put_key(h, series[i].look, series[i].name);
    kin_html_put(h, "</div>\n");
}

/* The similarities that occur, a little wider. */
static axis similarity_axis(const kin_series *series, size_t count)
{
    axis x = {1, -1, false, false, "similarity"};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < series[i].count; k++) {
            x.low = fmin(x.low, series[i].value[k]);
            x.high = fmax(x.high, series[i].value[k]);
        }
    if (x.low > x.high) x.low = 0, x.high = 1;
    x.low = fmax(-1, floor(x.low * 10) / 10);
    x.high = fmin(1, ceil(x.high * 10 + 1e-9) / 10);
    if (x.high - x.low < 0.1) x.low = x.high - 0.1;
    return x;
}

/* --- hills --- */

void kin_html_hills(kin_html *h, const kin_series *series, size_t count, const kin_mark_line *marks, size_t mark_count)
{
    axis   x = similarity_axis(series, count), y = {0, 0, false, true, "part of them"};
    double part[2][BINS] = {0};
    for (size_t i = 0; i < count && i < 2; i++)
        for (size_t k = 0; k < series[i].count; k++) {
            size_t bin = (size_t)(along(&x, series[i].value[k]) * (BINS - 1e-6));
            part[i][bin] += 1.0 / (double)series[i].of;
            y.high = fmax(y.high, part[i][bin]);
        }
    y.high = y.high > 0 ? fmin(1, y.high * 1.08) : 1;
    plot p = begin(h, HIGH, x, y);
    for (size_t i = 0; i < count && i < 2; i++) {
        if (!series[i].count) continue;
        kin_html_put(h, "<path class=\"hill %s\" d=\"M%d %.1f", series[i].look, LEFT, at_y(&p, 0));
        for (size_t bin = 0; bin < BINS; bin++)
            kin_html_put(h, "V%.1fH%.1f", at_y(&p, part[i][bin]), at_x(&p, x.low + (x.high - x.low) * (double)(bin + 1) / BINS));
        kin_html_put(h, "V%.1f\"/>\n", at_y(&p, 0));
    }
    put_marks(&p, marks, mark_count);
    end(&p);
    put_keys(h, series, count);
}

/* --- curves --- */

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* A copy, the greatest first; NULL: no memory, which stays in h->status. */
static double *sorted(kin_html *h, const kin_series *s)
{
    double *out = malloc((s->count + 1) * sizeof *out);
    if (!out) {
        if (h->status == KIN_OK) h->status = kin_fail(h->app->ctx, KIN_E_MEMORY, "out of memory");
        return NULL;
    }
    if (s->count) memcpy(out, s->value, s->count * sizeof *out);
    qsort(out, s->count, sizeof *out, falling);
    return out;
}

/* How many of the falling values are at least `least`. */
static size_t reach(const double *value, size_t count, double least)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (value[middle] >= least)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void kin_html_costs(kin_html *h, const kin_series *own, const kin_series *other, const kin_mark_line *marks, size_t mark_count)
{
    const kin_series both[2] = {*own, *other};
    double *value[2] = {sorted(h, own), sorted(h, other)};
    axis    x = similarity_axis(both, 2);
    x.name = "threshold";
    plot p = begin(h, HIGH, x, (axis){0.001, 1, true, true, "part of them"});
    for (int i = 0; i < 2 && value[0] && value[1]; i++) {
        kin_html_put(h, "<path class=\"curve %s\" d=\"", both[i].look);
        for (int k = 0; k <= STEPS; k++) {
            double threshold = p.x.low + (p.x.high - p.x.low) * k / STEPS;
            double part = (double)reach(value[i], both[i].count, threshold) / (double)both[i].of;
            kin_html_put(h, "%s%.1f %.1f", k ? "L" : "M", at_x(&p, threshold), at_y(&p, i ? part : 1 - part));
        }
        kin_html_put(h, "\"/>\n");
    }
    put_marks(&p, marks, mark_count);
    end(&p);
    put_keys(h, both, 2);
    free(value[0]);
    free(value[1]);
}

void kin_html_roc(kin_html *h, const kin_series *own, const kin_series *other)
{
    double *mine = sorted(h, own), *theirs = sorted(h, other);
    double  least = pow(10, floor(log10(1.0 / (double)(other->of ? other->of : 1))));
    if (mine && theirs && other->count) {
        double first = (double)reach(mine, own->count, nextafter(theirs[0], 2)) / (double)own->of;
        double low = fmax(0, floor(first * 10 - 1e-9) / 10);
        plot   p = begin(h, HIGH, (axis){fmax(1e-6, fmin(least, 0.1)), 1, true, true, "pairs of two people accepted (FAR)"},
                         (axis){low, 1, false, true, "pairs of one person accepted (TAR)"});
        kin_html_put(h, "<path class=\"curve own\" d=\"");
        for (int k = 0; k <= STEPS; k++) {
            double far = p.x.low * pow(p.x.high / p.x.low, (double)k / STEPS);
            size_t index = (size_t)fmin((double)other->count - 1, floor(far * (double)other->of));
            double tar = (double)reach(mine, own->count, nextafter(theirs[index], 2)) / (double)own->of;
            kin_html_put(h, "%s%.1f %.1f", k ? "L" : "M", at_x(&p, far), at_y(&p, tar));
        }
        kin_html_put(h, "\"/>\n");
        end(&p);
    }
    free(mine);
    free(theirs);
}

void kin_html_lines(kin_html *h, const char *name, bool percent, const char *places, const kin_series *series, size_t count)
{
    axis x = {1, 2, false, false, places}, y = {0, 0, false, percent, name};
    for (size_t i = 0; i < count; i++) {
        x.high = fmax(x.high, (double)series[i].count);
        for (size_t k = 0; k < series[i].count; k++) y.high = fmax(y.high, series[i].value[k]);
    }
    y.high = percent ? 1 : y.high > 0 ? y.high * 1.05 : 1;
    plot p = begin(h, HIGH, x, y);
    for (size_t i = 0; i < count; i++) {
        bool drawn = false;
        for (size_t k = 0; k < series[i].count; k++) {
            if (isnan(series[i].value[k])) continue;
            if (!drawn) kin_html_put(h, "<path class=\"curve %s\" d=\"", series[i].look);
            kin_html_put(h, "%s%.1f %.1f", drawn ? "L" : "M", at_x(&p, (double)k + 1), at_y(&p, series[i].value[k]));
            drawn = true;
        }
        if (drawn) kin_html_put(h, "\"/>\n");
    }
    end(&p);
    put_keys(h, series, count);
}

/* --- dots --- */

void kin_html_dots(kin_html *h, const kin_dot *dots, size_t count, double threshold)
{
    double low = 1, high = -1;
    size_t every = count / DOTS_MOST + 1;
    for (size_t i = 0; i < count; i++) {
        low = fmin(low, fmin(dots[i].x, dots[i].y));
        high = fmax(high, fmax(dots[i].x, dots[i].y));
    }
    low = fmax(-1, floor(low * 10) / 10), high = fmin(1, ceil(high * 10) / 10);
    if (!(low < high)) return;
    plot p = begin(h, 420, (axis){low, high, false, false, "similarity to the own person"},
                   (axis){low, high, false, false, "similarity to the nearest other person"});
    kin_html_put(h, "<path class=\"axis\" d=\"M%.1f %.1fL%.1f %.1f\"/>", at_x(&p, low), at_y(&p, low), at_x(&p, high), at_y(&p, high));
    for (size_t i = 0; i < count; i += dots[i].look[0] == 'w' || every == 1 ? 1 : every)
        kin_html_put(h, "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s, %s: own %.2f, other %.2f</title></circle>\n",
                     dots[i].look, at_x(&p, dots[i].x), at_y(&p, dots[i].y), dots[i].name, dots[i].photo, dots[i].x, dots[i].y);
    put_marks(&p, &(kin_mark_line){threshold, "threshold"}, 1);
    kin_html_put(h, "<line class=\"mark\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>", LEFT, at_y(&p, threshold), WIDE - RIGHT, at_y(&p, threshold));
    end(&p);
    kin_html_put(h, "<div class=\"keys\">");
    put_key(h, "own", "would get its name");
    put_key(h, "other", "would be missed");
    put_key(h, "warn", "suspected, or would get another's name");
    kin_html_put(h, "</div>\n");
    if (every > 1) kin_html_put(h, "<p class=\"faint\">Of %zu faces one in %zu is drawn, and all in red.</p>\n", count, every);
}

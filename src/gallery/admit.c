/* SPDX-License-Identifier: Apache-2.0
 *
 * The limits of enrolment in one table; add a row to add a rule.
 */
#include "gallery/admit.h"

#include <math.h>
#include <stdio.h>

#define ANY HUGE_VALF

/* One number of a kin_quality that has to lie in [low, high] (with `size` the one that matters, degrees either way). */
typedef struct {
    const char *name;
    size_t      offset; /* of the float in kin_quality */
    float       low, high;
    const char *format; /* of the reason: found, wanted */
} rule;

static const rule rules[] = {
    {"size", offsetof(kin_quality, size_px), 30, ANY, "%.4g px wide, at least %.0f wanted"},
    {"sharpness", offsetof(kin_quality, sharpness), 0.2f, ANY, "blurred (sharpness %.2f, at least %.2f wanted)"},
    {"yaw", offsetof(kin_quality, yaw), -55, 55, "in profile (turned by %.0f degrees, at most %.0f wanted)"},
    {"pitch", offsetof(kin_quality, pitch), -25, 25, "seen from above or below (%.0f degrees, at most %.0f wanted)"},
    /* Roll is undone by the alignment: any will do. */
    {"roll", offsetof(kin_quality, roll), -ANY, ANY, "tilted by %.0f degrees (%.0f)"},
};

kin_status kin_gallery_admit(kin_context *ctx, const kin_quality *quality)
{
    char   text[400];
    size_t at = 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const rule *r = &rules[i];
        float       value = *(const float *)(const void *)((const char *)quality + r->offset);
        if (value >= r->low && value <= r->high) continue;
        const char *between = at ? "; " : "";
        double      wanted = (double)(value > r->high ? r->high : r->low);
        if (r->low == -r->high) value = fabsf(value), wanted = (double)r->high; /* degrees, either way */
        int n = snprintf(text + at, sizeof text - at, "%s", between);
        at += (size_t)n;
        n = isnan(value) ? snprintf(text + at, sizeof text - at, "%s unknown", r->name)
                         : snprintf(text + at, sizeof text - at, r->format, (double)value, wanted);
        at += (size_t)n;
        if (at >= sizeof text - 100) break;
    }
    return at == 0 ? KIN_OK : kin_fail(ctx, KIN_E_REFUSED, "%s", text);
}

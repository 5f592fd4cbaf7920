/* SPDX-License-Identifier: Apache-2.0
 *
 * The limits of enrolment in one table; add a row to add a rule.
 */
#include "gallery/admit.h"

#include <math.h>
#include <stdio.h>

#define ANY HUGE_VALF

const kin_admit_rule kin_admit_rules[] = {
    {"size", offsetof(kin_quality, size_px), 30, ANY, "%.0f px wide, at least %.0f wanted"},
    {"sharpness", offsetof(kin_quality, sharpness), 0.08f, ANY, "blurred (sharpness %.2f, at least %.2f wanted)"},
    {"yaw", offsetof(kin_quality, yaw), -55, 55, "in profile (turned by %.0f degrees, at most %.0f wanted)"},
    {"pitch", offsetof(kin_quality, pitch), -50, 50, "seen from above or below (%.0f degrees, at most %.0f wanted)"},
    /* Roll is undone by the alignment: any will do. */
    {"roll", offsetof(kin_quality, roll), -ANY, ANY, "tilted by %.0f degrees (%.0f)"},
};
const size_t kin_admit_rule_count = sizeof kin_admit_rules / sizeof *kin_admit_rules;

kin_status kin_gallery_admit(kin_context *ctx, const kin_quality *quality)
{
    char   text[400];
    size_t at = 0;
    for (size_t i = 0; i < kin_admit_rule_count; i++) {
        const kin_admit_rule *rule = &kin_admit_rules[i];
        float                 value = *(const float *)(const void *)((const char *)quality + rule->offset);
        if (value >= rule->low && value <= rule->high) continue;
        const char *between = at ? "; " : "";
        double      wanted = (double)(value > rule->high ? rule->high : rule->low);
        int         n = snprintf(text + at, sizeof text - at, "%s", between);
        at += (size_t)n;
        n = isnan(value) ? snprintf(text + at, sizeof text - at, "%s unknown", rule->name)
                         : snprintf(text + at, sizeof text - at, rule->format, (double)value, wanted);
        at += (size_t)n;
        if (at >= sizeof text - 100) break;
    }
    return at == 0 ? KIN_OK : kin_fail(ctx, KIN_E_REFUSED, "%s", text);
}

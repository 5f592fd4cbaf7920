/* SPDX-License-Identifier: Apache-2.0
 *
 * The default models of models/, put into the program by models/builtin.S and used in place.
 */
#include "api/builtin.h"

#include <stdbool.h>
#include <string.h>

#ifdef KIN_BUILTIN_MODELS
extern const unsigned char kin_builtin_recogniser[], kin_builtin_recogniser_end[];
extern const unsigned char kin_builtin_detector[], kin_builtin_detector_end[];

static const struct {
    const char          *name;
    const unsigned char *start, *end;
} model[] = {
    {"recogniser", kin_builtin_recogniser, kin_builtin_recogniser_end},
    {"detector", kin_builtin_detector, kin_builtin_detector_end},
};
enum { MODELS = sizeof model / sizeof *model };

const kin_builtin *kin_builtin_at(size_t i, kin_builtin *out)
{
    if (i >= MODELS) return NULL;
    *out = (kin_builtin){model[i].name, model[i].start, (size_t)(model[i].end - model[i].start)};
    return out;
}
#else
const kin_builtin *kin_builtin_at(size_t i, kin_builtin *out)
{
    (void)i, (void)out;
    return NULL;
}
#endif

bool kin_builtin_find(const char *name, kin_builtin *out)
{
    for (size_t i = 0; kin_builtin_at(i, out); i++)
        if (strcmp(out->name, name) == 0) return true;
    return false;
}

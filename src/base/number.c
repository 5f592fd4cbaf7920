/* SPDX-License-Identifier: Apache-2.0
 */
#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 512 }; /* longest text of a number */

bool kin_number_read(const char *text, double *out)
{
    char        local[TEXT_MAX + 16];
    const char *point = localeconv()->decimal_point, *dot = strchr(text, '.');
    char       *stop;
    if (strlen(text) > TEXT_MAX || (strcmp(point, ".") && strstr(text, point))) return false;
    if (dot)
        snprintf(local, sizeof local, "%.*s%s%s", (int)(dot - text), text, point, dot + 1);
    else
        snprintf(local, sizeof local, "%s", text);
    *out = strtod(local, &stop);
    return stop != local && *stop == '\0';
}

const char *kin_number_text(double value, char out[KIN_NUMBER_TEXT])
{
    const char *point = localeconv()->decimal_point;
    double      back;
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(out, KIN_NUMBER_TEXT, "%.*g", digits, value);
        char *comma = strcmp(point, ".") ? strstr(out, point) : NULL;
        if (comma) {
            *comma = '.';
            memmove(comma + 1, comma + strlen(point), strlen(comma + strlen(point)) + 1);
        }
        if (isnan(value) || (kin_number_read(out, &back) && back == value)) break;
    }
    return out;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * "Did you mean ...?": how far two words are apart.
 */
#include <string.h>

#include "app/answer.h"

enum { LONGEST = 24 }; /* no verb or option is longer */

/* Optimal string alignment: letters put in, left out, changed, or two neighbours exchanged, each counts one.
 * row[k] is the distance of a[0..i) to b[0..k), `last` and `before` the same for i - 1 and i - 2. */
size_t kin_text_distance(const char *a, const char *b)
{
    size_t m = strlen(a), n = strlen(b), rows[3][LONGEST + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    if (m > LONGEST || n > LONGEST) return SIZE_MAX;
    for (size_t k = 0; k <= n; k++) last[k] = before[k] = k;
    for (size_t i = 1; i <= m; i++) {
        row[0] = i;
        for (size_t k = 1; k <= n; k++) {
            size_t least = last[k - 1] + (a[i - 1] != b[k - 1]);
            if (last[k] + 1 < least) least = last[k] + 1;
            if (row[k - 1] + 1 < least) least = row[k - 1] + 1;
            bool swapped = i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1];
            row[k] = swapped && before[k - 2] + 1 < least ? before[k - 2] + 1 : least;
        }
        size_t *old = before;
        before = last, last = row, row = old;
    }
    return last[n];
}

/* One letter off, two in words of five and more. */
const kin_verb *kin_verb_near(const char *name)
{
    const kin_verb *best = NULL;
    size_t          least = strlen(name) < 5 ? 2 : 3;
    for (size_t i = 0; i < kin_verb_count; i++) {
        size_t far = kin_text_distance(name, kin_verbs[i].name);
        if (far < least) best = &kin_verbs[i], least = far;
    }
    return best;
}

void kin_say_no_verb(const char *name)
{
    char            shown[100];
    const kin_verb *near = kin_verb_near(name);
    if (near)
        kin_say("no verb '%s'; did you mean %s? (kin help lists all)", kin_shown(name, shown, sizeof shown), near->name);
    else
        kin_say("no verb '%s' (kin help lists all)", kin_shown(name, shown, sizeof shown));
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the forms in which a diagnosis is told share.
 */
#ifndef KIN_APP_DOCTOR_H
#define KIN_APP_DOCTOR_H

#include "app/html.h"

typedef struct {
    unsigned    need; /* KIN_NEED_* */
    const char *name, *advice;
} kin_need;
enum { KIN_NEEDS = 4 };
extern const kin_need kin_needs[KIN_NEEDS];

/* The faces to look at, the most urgent first; *count of them. The caller's to free; NULL: no memory. */
const kin_face_finding **kin_suspects(const kin_diagnosis *d, size_t *count);
/* Of a person with two photos that do not agree nothing says which is right: they are one suspect, the first. */
bool kin_two_halves(const kin_diagnosis *d, const kin_face_finding *f);
/* Who is missed most, of equals whose photos agree least: an index; KIN_NO_INDEX for none. */
size_t kin_weakest(const kin_diagnosis *d);

/* doctor_html.c: the report. `home` may be NULL, with a diagnosis of nobody. */
void kin_doctor_html(kin_html *h, kin_gallery *home, const kin_diagnosis *d, const kin_embedder *embedder);

#endif

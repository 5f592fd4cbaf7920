/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers in texts that are read again: attributes of ops, recipes, names of courses. The point is a dot, whatever the locale
 * of the program around us says; printf and strtod would follow that.
 */
#ifndef KIN_BASE_NUMBER_H
#define KIN_BASE_NUMBER_H

#include <stdbool.h>

enum { KIN_NUMBER_TEXT = 32 };

/* Reads all of `text` as strtod does in the C locale; false when there is more or nothing in it. */
bool kin_number_read(const char *text, double *out);
/* The shortest text that reads back as the same number, of six digits or more where they are needed. Returns `out`. */
const char *kin_number_text(double value, char out[KIN_NUMBER_TEXT]);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Strings: UTF-8 checks and printing foreign text safely.
 */
#ifndef KIN_BASE_TEXT_H
#define KIN_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the `length` bytes are valid UTF-8 (RFC 3629: no overlong forms, no surrogates). */
bool kin_utf8_valid(const char *text, size_t length);

/* Copies `text` to `out` (`size` >= 1 bytes with the NUL) fit for a terminal or an error line: control
 * characters and bytes that are no UTF-8 become '?', too long a text ends in "...". Returns `out`. */
const char *kin_printable(const char *text, size_t length, char *out, size_t size);

#endif

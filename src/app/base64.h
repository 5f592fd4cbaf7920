/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes as text (RFC 4648, base64 with padding).
 */
#ifndef KIN_APP_BASE64_H
#define KIN_APP_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* The caller's to free; NULL: no memory. */
char *kin_base64_write(const void *bytes, size_t size);
/* At most `room` bytes into `out`; false for text that is none or longer. */
bool kin_base64_read(const char *text, void *out, size_t room, size_t *size);

#endif

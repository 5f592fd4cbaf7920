/* SPDX-License-Identifier: Apache-2.0
 *
 * The simple part of tar (POSIX ustar): plain files with short names. Written where a person shall be able to unpack; read from
 * anybody, so every number is checked and a name is only a name: nothing is unpacked here. A library that reads all kinds of
 * archives would bring more code than this to hostile bytes, and a dozen libraries to the start of every command.
 */
#ifndef KIN_OS_TAR_H
#define KIN_OS_TAR_H

#include "base/context.h"

enum { KIN_TAR_BLOCK = 512, KIN_TAR_NAME_MAX = 100 };

/* The block before a file's bytes, which are filled up to whole blocks; two blocks of zeros end the archive. KIN_E_LIMIT: a name
 * or size that the format does not hold. */
kin_status kin_tar_header(kin_context *ctx, const char *name, uint64_t size, uint8_t out[KIN_TAR_BLOCK]);

typedef struct {
    char           name[KIN_TAR_NAME_MAX + 1];
    const uint8_t *data; /* in the archive's bytes */
    size_t         size;
} kin_tar_entry;

/* The next plain file at *at or behind it; *at moves on. Links, folders, devices and extended headers are passed over. *more is
 * false at the end. KIN_E_FORMAT: cut off, or no tar. */
kin_status kin_tar_next(kin_context *ctx, const uint8_t *bytes, size_t size, size_t *at, kin_tar_entry *out, bool *more);

#endif

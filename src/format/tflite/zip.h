/* SPDX-License-Identifier: Apache-2.0
 *
 * The zip archive that TensorFlow Lite's metadata writers append to a model: finding one file in it.
 */
#ifndef KIN_FORMAT_ZIP_H
#define KIN_FORMAT_ZIP_H

#include "base/context.h"

/* *data = the bytes of the file called `name` (of `length` bytes) in the archive at the end of `bytes`; NULL when there is
 * no archive or no such file. KIN_E_FORMAT: damaged; KIN_E_UNSUPPORTED: compressed, which those writers never do. */
kin_status kin_zip_find(kin_context *ctx, const void *bytes, size_t size, const char *name, size_t length,
                        const uint8_t **data, size_t *data_size);

/* Whether an archive lies at the end of `bytes`. */
bool kin_zip_is_there(const void *bytes, size_t size);

#endif

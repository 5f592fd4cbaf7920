/* SPDX-License-Identifier: Apache-2.0
 *
 * A text of labels, one a line: what TensorFlow Lite models carry beside their metadata and people give with --labels.
 */
#ifndef KIN_FORMAT_LABELS_H
#define KIN_FORMAT_LABELS_H

#include "base/memory.h"

/* UTF-8 lines (LF or CR LF; a byte order mark and one empty line at the end do not count); labels and the list live in
 * `arena`. KIN_E_FORMAT names the line that is no text fit to print. */
kin_status kin_labels_read(kin_arena *arena, const void *text, size_t size, const char ***label, size_t *count);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a face is good enough to teach. A bad photo takes a place and helps little: blurred or turned away, a face is less
 * like its own person (docs/accuracy.md: by how much).
 */
#ifndef KIN_GALLERY_ADMIT_H
#define KIN_GALLERY_ADMIT_H

#include "base/context.h"
#include "kin/face.h"

/* The rules that `enroll` uses without --force, mild: an ordinary portrait of 178x218 pixels passes. KIN_OK, or
 * KIN_E_REFUSED with the reasons in the error text: "22 px wide, at least 30 wanted; blurred (sharpness 0.03, at least
 * 0.20 wanted)". Numbers that are none are refused. */
kin_status kin_gallery_admit(kin_context *ctx, const kin_quality *quality);

#endif

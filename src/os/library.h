/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared libraries that are loaded when first needed: to link them all would make every start wait for some forty files,
 * also where no photo asks for one.
 *
 *     #define GIFLIB(f) f(DGifOpen) f(DGifCloseFile)
 *     KIN_LIBRARY(giflib, KIN_GIF_FILE, GIFLIB)
 *     ...
 *     KIN_TRY(kin_library_load(ctx, &giflib_library));
 *     giflib.DGifOpen(...);
 *
 * The types are those of the library's own header, so a wrong call does not compile.
 */
#ifndef KIN_OS_LIBRARY_H
#define KIN_OS_LIBRARY_H

#include <stdatomic.h>

#include "base/context.h"

typedef struct {
    const char        *file;  /* as the loader knows it, with the version that was built for: "libgif.so.7" */
    const char *const *names; /* of the functions; NULL ends them */
    void              *functions; /* a pointer each, in that order */
    atomic_bool        loaded;
} kin_library;

/* Loads the library where that was not done yet, and fills in its functions; it stays until the process ends. Any thread
 * may call it. KIN_E_UNSUPPORTED: it is not on this machine, or has not all functions. */
kin_status kin_library_load(kin_context *ctx, kin_library *library);

#define KIN_LIBRARY_POINTER(function) __typeof__(function) *function;
#define KIN_LIBRARY_NAME(function) #function,
/* What KIN_LIBRARY defines, for a header: where several files call the library. */
#define KIN_LIBRARY_TYPE(name, FUNCTIONS) struct name { FUNCTIONS(KIN_LIBRARY_POINTER) }
#define KIN_LIBRARY_INIT(name, file, FUNCTIONS) {file, (const char *const[]){FUNCTIONS(KIN_LIBRARY_NAME) NULL}, &name, false}
/* `name`, the struct of functions, and `name`_library. */
#define KIN_LIBRARY(name, file, FUNCTIONS)                   \
    static KIN_LIBRARY_TYPE(name, FUNCTIONS) name;           \
    static kin_library name##_library = KIN_LIBRARY_INIT(name, file, FUNCTIONS);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "os/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static kin_status load(kin_context *ctx, kin_library *library)
{
    void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return kin_fail(ctx, KIN_E_UNSUPPORTED, "%s is not on this machine: %s", library->file, dlerror());
    for (size_t i = 0; library->names[i]; i++) {
        void *function = dlsym(handle, library->names[i]); /* also those of the libraries that it is made of */
        if (!function) {
            kin_fail(ctx, KIN_E_UNSUPPORTED, "%s lacks %s: another one than kin was built for", library->file, library->names[i]);
            dlclose(handle);
            return KIN_E_UNSUPPORTED;
        }
        memcpy((char *)library->functions + i * sizeof function, &function, sizeof function);
    }
    return KIN_OK;
}

kin_status kin_library_load(kin_context *ctx, kin_library *library)
{
    if (atomic_load_explicit(&library->loaded, memory_order_acquire)) return KIN_OK;
    pthread_mutex_lock(&lock);
    kin_status status = library->loaded ? KIN_OK : load(ctx, library);
    if (status == KIN_OK) atomic_store_explicit(&library->loaded, true, memory_order_release);
    pthread_mutex_unlock(&lock);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Foreign .picasa.ini: the faces of a.jpg are areas with names.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tags/tags.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kin_context *ctx = kin_context_new(&(kin_options){.threads = 1, .max_memory = 32 << 20});
    if (!ctx) return 0;
    kin_regions list = kin_regions_make(ctx);
    size_t      unnamed = 0;
    kin_picasa_read(ctx, data, size, "a.jpg", &list, &unnamed);
    for (size_t i = 0; i < list.count; i++)
        if (!kin_area_valid(list.region[i].area) || !kin_utf8_valid(list.region[i].name, strlen(list.region[i].name))) abort();
    kin_regions_free(&list);
    if (ctx->memory != 0) abort();
    kin_context_free(ctx);
    return 0;
}

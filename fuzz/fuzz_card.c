/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes as a card: read or refused with a message, all memory given back.
 */
#include <stdint.h>
#include <stdlib.h>

#include "format/card/card.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kin_context ctx;
    kin_card    card;
    kin_context_init(&ctx);
    ctx.max_memory = 16 << 20;
    kin_arena arena = kin_arena_make(&ctx);
    if (kin_card_read(&arena, data, size, &card) != KIN_OK && !*kin_error(&ctx)) abort();
    kin_arena_free(&arena);
    if (ctx.memory != 0) abort();
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Padding with zeros before a convolution becomes the convolution's own padding.
 */
#include <string.h>

#include "nn/ops/conv.h"
#include "nn/plan/passes.h"

/* top, bottom, left, right of a pad of a picture's height and width with zeros; false for any other pad. */
static bool picture_pads(const kin_rewrite *r, const kin_node *pad, int64_t pads[4])
{
    const kin_tensor *t = kin_rewrite_tensor(r, kin_node_in(pad, 1)), *x = kin_rewrite_tensor(r, kin_node_in(pad, 0));
    int64_t           all[8];
    size_t            count;
    float             value = 0;
    if (kin_node_in(pad, 2) >= 0 && (!kin_rewrite_scalar(r, pad->in[2], &value) || value != 0)) return false;
    if (kin_node_number(pad, "value", 0) != 0 || x->type != KIN_FLOAT32) return false;
    if (!t || !t->data || !kin_shape_elements(&t->shape, &count) || count != 8) return false;
    if (t->shape.rank != 2 || t->shape.dim[0] != 4) return false;
    for (int i = 0; i < 8; i++) {
        int32_t narrow;
        if (t->type == KIN_INT64)
            memcpy(&all[i], (const char *)t->data + (size_t)i * 8, 8);
        else if (t->type == KIN_INT32) {
            memcpy(&narrow, (const char *)t->data + (size_t)i * 4, 4);
            all[i] = narrow;
        } else
            return false;
        if (all[i] < 0 || all[i] > INT32_MAX || (all[i] && (i < 2 || i > 5))) return false;
    }
    memcpy(pads, all + 2, 4 * sizeof *pads);
    return true;
}

static kin_status fold(kin_rewrite *r, kin_node *conv, const kin_node *pad, const int64_t pads[4])
{
    kin_conv_attrs *attrs;
    int             in[5];
    KIN_TRY(kin_rewrite_attrs(r, conv, &attrs));
    if (attrs->window.padding == KIN_PAD_VALID) attrs->window.pads = (kin_ints){4, {0}};
    attrs->window.padding = KIN_PAD_EXPLICIT;
    for (int i = 0; i < 4; i++) attrs->window.pads.value[i] += pads[i];
    for (size_t i = 0; i < conv->in_count; i++) in[i] = conv->in[i];
    in[KIN_IN_X] = pad->in[0];
    return kin_rewrite_become(r, conv, conv->op, attrs, in, conv->in_count);
}

kin_status kin_pass_pad(kin_rewrite *rewrite)
{
    for (size_t n = 0; n < rewrite->graph->node_count; n++) {
        kin_node *conv = &rewrite->graph->node[n];
        int64_t   pads[4];
        if (!kin_node_is(conv, "conv2d") && !kin_node_is(conv, "depthwise_conv2d")) continue;
        const kin_window *window = &((const kin_conv_attrs *)conv->attrs)->window;
        const kin_node   *pad = kin_rewrite_maker(rewrite, conv->in[KIN_IN_X]);
        if (conv->in_count > 5 || !kin_node_is(pad, "pad") || window->padding == KIN_PAD_SAME) continue;
        if (window->padding == KIN_PAD_EXPLICIT && window->pads.count != 4) continue;
        if (picture_pads(rewrite, pad, pads)) KIN_TRY(fold(rewrite, conv, pad, pads));
    }
    return KIN_OK;
}

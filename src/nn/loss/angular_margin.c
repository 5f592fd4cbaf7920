/* SPDX-License-Identifier: Apache-2.0
 *
 * angular_margin: logits from cosines: y[r,c] = scale * x[r,c], but for the row's own class
 * scale * (cos(acos(x) + angle) - cosine). Behind it stands sparse_cross_entropy.
 *
 * angle 0.5: ArcFace (Deng et al., 2019); cosine 0.35: CosFace (Wang et al., 2018). Where acos(x) + angle passes pi the
 * margin is the line of ArcFace's published code: x - sin(pi - angle) * angle. Cosines are cut to +-(1 - 1e-7), where the
 * derivative is still finite.
 */
#include "nn/loss/loss.h"

typedef struct {
    double angle, cosine, scale;
} kin_margin_attrs;

static kin_status infer(const kin_call *call)
{
    const kin_op           *op = &kin_op_angular_margin;
    const kin_margin_attrs *attrs = call->attrs;
    KIN_TRY(kin_loss_infer_labels(call, op));
    if (!(attrs->angle >= 0 && attrs->angle < 3.14159))
        return kin_op_fail(call, KIN_E_FORMAT, "%s: angle %g, expected 0 to below pi", op->name, attrs->angle);
    if (!(attrs->scale > 0 && attrs->scale <= 1e6) || !(fabs(attrs->cosine) <= 2))
        return kin_op_fail(call, KIN_E_FORMAT, "%s: scale %g, cosine %g, expected above 0, at most 2", op->name, attrs->scale,
                           attrs->cosine);
    return kin_op_result(call, 0, KIN_FLOAT32, &call->in[0]->shape);
}

static double cut(double x)
{
    const double most = 1 - 1e-7;
    return x > most ? most : x < -most ? -most : x;
}

static bool beyond(const kin_margin_attrs *a, double x)
{
    return acos(x) + a->angle > acos(-1.0);
}

static double own(const kin_margin_attrs *a, double x)
{
    double margin = beyond(a, x) ? x - sin(a->angle) * a->angle : cos(acos(x) + a->angle);
    return a->scale * (margin - a->cosine);
}

static double own_slope(const kin_margin_attrs *a, double x)
{
    return a->scale * (beyond(a, x) ? 1 : sin(acos(x) + a->angle) / sqrt(1 - x * x));
}

static void forward(const kin_call *call)
{
    const kin_margin_attrs *attrs = call->attrs;
    size_t                  rows = kin_loss_rows(call->in[0]), classes = (size_t)call->in[0]->shape.dim[1];
    const float            *x = call->in[0]->data;
    float                  *y = call->out[0]->data;
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < classes; c++, x++)
            *y++ = (float)(kin_int_at(call->in[1], r) == (int64_t)c ? own(attrs, cut(*x)) : attrs->scale * *x);
}

static void backward(const kin_back *back)
{
    const kin_margin_attrs *attrs = back->call->attrs;
    size_t                  rows = kin_loss_rows(back->dy[0]), classes = (size_t)back->dy[0]->shape.dim[1];
    const float            *x = back->call->in[0]->data, *dy = back->dy[0]->data;
    float                  *dx = back->dx[0]->data;
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < classes; c++, x++) {
            bool is_own = kin_int_at(back->call->in[1], r) == (int64_t)c;
            *dx++ = (float)(*dy++ * (is_own ? own_slope(attrs, cut(*x)) : attrs->scale));
        }
}

static kin_status draw(kin_draw *draw_)
{
    kin_margin_attrs *attrs = draw_->attrs;
    attrs->angle = kin_draw_flip(draw_) ? 0.5 : 0;
    attrs->cosine = kin_draw_flip(draw_) ? 0.35 : 0;
    attrs->scale = kin_draw_flip(draw_) ? 1 : 4;
    KIN_TRY(kin_loss_draw_labels(draw_, 0, 1));
    return kin_draw_tensor(draw_, 0, KIN_FLOAT32, draw_->in[0].shape, -0.95, 0.95, false);
}

static const kin_attr attributes[] = {
    KIN_ATTR(kin_margin_attrs, "angle", KIN_ATTR_FLOAT, angle, "0.5", "added to the angle to the own class (ArcFace)"),
    KIN_ATTR(kin_margin_attrs, "cosine", KIN_ATTR_FLOAT, cosine, "0", "taken off the own class's cosine (CosFace)"),
    KIN_ATTR(kin_margin_attrs, "scale", KIN_ATTR_FLOAT, scale, "64", "of all logits"),
};

KIN_LOSS(angular_margin, "cosines to logits, with a margin for the own class", "x labels", 2, 1,
         .attrs_size = sizeof(kin_margin_attrs), KIN_ATTR_TABLE(attributes))

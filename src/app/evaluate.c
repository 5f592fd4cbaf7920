/* SPDX-License-Identifier: Apache-2.0
 *
 * kin evaluate: how good a model is on labelled photos.
 */
#include <math.h>

#include "app/evaluate.h"

enum { PAIRS_MIN_FACE_PX = 20 };

int kin_verb_evaluate(kin_app *app)
{
    if (!app->set.pairs || app->arg_count != 1) {
        kin_say("evaluate: expected --pairs FILE DIR (kin help evaluate)");
        return EXIT_USAGE;
    }
    if (isnan(app->set.min_face)) app->set.min_face = PAIRS_MIN_FACE_PX;
    kin_evaluate_pairs(app);
    return app->exit;
}

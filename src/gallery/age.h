/* SPDX-License-Identifier: Apache-2.0
 *
 * Children change: what a face of then says about a face of now.
 */
#ifndef KIN_GALLERY_AGE_H
#define KIN_GALLERY_AGE_H

/* What the similarity to a face of day `then` is multiplied by when somebody born on day `born` is looked for in a photo of day `now`
 * (dates as in base/date.h): 1 where one of the three is 0, among grown-ups, and while the older age is at most half more
 * than the younger; less and less beyond. In (0, 1].
 *
 * A child of eight is unlike itself at three, and a younger sister of three is like it: the old reference must not win her
 * photos. Ages from 18 on count as 18, and a year is added to both, as before birth a face grows too. The form is chosen, not
 * measured: there are no dated photos of children to measure it with. That children's faces are told less well the more years lie
 * between: Deb, Nain, Jain, "Longitudinal study of child face recognition", ICB 2018. */
double kin_age_weight(int born, int then, int now);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of networks. To add one: a file with its tables, a line here.
 */
#include <string.h>

#include "zoo/network.h"

const kin_zoo_network *const kin_zoo_networks[] = {
    &kin_zoo_vggface_vgg16,
    &kin_zoo_vggface2_resnet50,
    &kin_zoo_vggface2_senet50,
};
const size_t kin_zoo_network_count = sizeof kin_zoo_networks / sizeof *kin_zoo_networks;

const kin_zoo_network *kin_zoo_find(const char *name)
{
    for (size_t i = 0; i < kin_zoo_network_count; i++)
        if (strcmp(kin_zoo_networks[i]->name, name) == 0) return kin_zoo_networks[i];
    return NULL;
}

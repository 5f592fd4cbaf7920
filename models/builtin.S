/* SPDX-License-Identifier: Apache-2.0
 *
 * The default models as they lie in this folder, inside library and program (src/api/builtin.c names them).
 * Paths are relative to the project's root, which stands on the include path.
 */
    .section .rodata.kin_models, "a"

    .balign 64
    .globl kin_builtin_recogniser
    .hidden kin_builtin_recogniser
kin_builtin_recogniser:
    .incbin "models/recogniser.tflite"
    .globl kin_builtin_recogniser_end
    .hidden kin_builtin_recogniser_end
kin_builtin_recogniser_end:

    .balign 64
    .globl kin_builtin_detector
    .hidden kin_builtin_detector
kin_builtin_detector:
    .incbin "models/detector.tflite"
    .globl kin_builtin_detector_end
    .hidden kin_builtin_detector_end
kin_builtin_detector_end:

    .section .note.GNU-stack, "", %progbits

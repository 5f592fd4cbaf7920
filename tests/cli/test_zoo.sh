#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kin summary of a network of the zoo: Keras' table; what has random weights names nobody; a file of that name wins.
# shellcheck source-path=SCRIPTDIR source=expect.sh
. "$(dirname "$0")/expect.sh"
photo=$source/samples/people/chen/chen-4.jpg

expect 0 '^input_layer \(InputLayer\) +\(None, 224, 224, 3\) +0 +0  -$' "$kin" summary vggface2-senet50
expect 0 '^conv1/7x7_s2 \(Conv2D\) +\(None, 112, 112, 64\) +9,408 +118,013,952  input_layer\[0\]\[0\]$' "$kin" summary vggface2-senet50
expect 0 '^add_15 \(Add\) +\(None, 7, 7, 2048\) +0 +0  multiply_15\[0\]\[0\], activation_75\[0\]\[0\]$' "$kin" summary vggface2-senet50
expect 0 '^Total params: 43,777,063 \(167.00 MB\)$' "$kin" summary vggface2-senet50
expect 0 '^Trainable params: 43,723,943 \(166.79 MB\)$' "$kin" summary vggface2-senet50
expect 0 '^Non-trainable params: 53,120 \(207.50 KB\)$' "$kin" summary vggface2-senet50
expect 0 '^Total params: 145,002,878' "$kin" summary --max-memory 1M vggface-vgg16
expect 0 '^pool5 \(MaxPooling2D\) +\(None, 1, 1, 512\)' "$kin" summary vggface-vgg16 --no-top --size 48
expect 0 '^global_max_pooling2d \(GlobalMaxPooling2D\) +\(None, 2048\)' "$kin" summary vggface2-resnet50 --no-top --pooling max
expect 0 '^classifier \(Dense\) +\(None, 3\) +6,147 ' "$kin" summary vggface2-resnet50 --classes 3
expect 0 '^op,name,kernel,output,type,parameters,macs,attributes,trainable,inputs' "$kin" summary vggface2-resnet50 --csv
expect 0 '^Conv2D,conv2_1_1x1_proj,,1x55x55x256,float32,16384,49561600,,16384,max_pooling2d$' "$kin" summary vggface2-resnet50 --csv
expect 0 '"parameters":41246071,"trainable":41192951,' "$kin" summary vggface2-resnet50 --json
expect 2 'side 196, expected 197 to 4096' "$kin" summary vggface2-resnet50 --size 196
expect 2 'a pooling stands where the top is left out' "$kin" summary vggface2-resnet50 --pooling avg
expect 2 'pooling most: expected none, avg or max' "$kin" summary vggface2-resnet50 --no-top --pooling most
expect 2 'no-top is for vggface-vgg16' "$kin" summary recogniser --no-top
expect 2 'classes is for vggface-vgg16' "$kin" summary "$source/models/recogniser.tflite" --classes 3
expect 4 "no model 'vggface-vgg19'" "$kin" summary vggface-vgg19

for verb in identify embed "verify $photo"; do
    # shellcheck disable=SC2086
    expect 4 "vggface2-resnet50: kin knows this network's layers only, and with random weights it names nobody" "$kin" $verb -m vggface2-resnet50 "$photo"
done
# with a file of that name it is a network like any other
mkdir -p "$tmp/models"
cp "$source/models/recogniser.tflite" "$tmp/models/vggface2-resnet50.tflite"
expect 0 'winograd|conv2d' env KIN_MODELS="$tmp/models" "$kin" summary vggface2-resnet50
expect 0 '.' env KIN_MODELS="$tmp/models" "$kin" embed -m vggface2-resnet50 "$photo"
finish

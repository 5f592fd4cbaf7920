/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of verbs: dispatch, help, man pages and completion are made from it.
 */
#include <string.h>

#include "app/app.h"

#define LIMITS "threads max-memory"
#define FIND "detector min-face rotations small " LIMITS

const kin_verb kin_verbs[] = {
    {"enroll", "NAME PHOTO[#FACE]... | --from DIR [--tags]", "teach a person (a folder a person)",
     "from tags model gallery force no-crops json csv " FIND,
     "Finds the face in each photo, embeds it and keeps it under NAME. With --from, every folder in DIR is a person: its "
     "name is the folder's name.\n\n"
     "In a photo with several faces the one is taken that agrees with the person's other photos; when none does, or two "
     "do, the photo is skipped with a word. #2 behind a photo's name takes its second face, in the order in which kin identify lists "
     "them (with the same --min-face, --small and --rotations). Faces that would poison the gallery (too small, blurred, in profile) are "
     "declined with the reason; --force takes them all the same. The same photo enrolled twice doubles nothing.\n\n"
     "With --tags, DIR is a photo library in which faces have been named, by another program or by kin tag: each named region (of "
     "the Metadata Working Group, Microsoft's or Picasa's; in XMP beside a photo or inside it, in .picasa.ini) teaches the face that "
     "fits it best. Photos without such regions are passed over, a region without a face is told. As often as you like: what was "
     "learnt before is not learnt twice.\n\n"
     "Exit status 0 when every person got a face, 1 when one got none.",
     "kin enroll Anna anna1.jpg anna2.jpg anna3.jpg\nkin enroll Ben 'party.jpg#2'\nkin enroll --from family/        # family/Anna/*.jpg, family/Ben/*.jpg ...\n"
     "kin enroll --from Pictures/ --tags\n",
     kin_verb_enroll, 0, -1},
    {"identify", "PHOTO...", "say who is in the photos",
     "model gallery output threshold fpir repeat json csv " FIND,
     "Finds all faces and names those that are closer to an enrolled person than the threshold; everybody else is "
     "unknown. The threshold follows from the model's card, the gallery's size and how alike its people are, so that a "
     "stranger is named in at most --fpir of cases. -o writes the photo with boxes and names: a .png or .jpg file for one photo, a folder for several, where "
     "JPEGs stay JPEGs and PNGs PNGs; no photo is overwritten.\n\n"
     "Two people too close to tell apart are asked about (Anna or Eva?; candidates in --json and --csv), and the face has no name. A "
     "person is in a photo once: of two faces that could be Anna the surer one is (the other: taken), and where that is not clear "
     "both say Anna?. --repeat lifts that, for collages and mirrors.\n\n"
     "Who was born (kin person NAME --born) after the photo's own date is not named; where it would have been that name, it is said: "
     "perhaps the date is wrong (unborn in --json and --csv).\n\n"
     "A face of kin ignore is ignored: it has no name, and none is to be asked for. Where there are several faces, #2 at the end "
     "of a line is what reject and ignore want behind the photo's name.\n\n"
     "Exit status 0 when somebody was named, 1 when nobody was.",
     "kin identify beach.jpg\nkin identify holiday/ -o named/    # and pictures with the names on them\n"
     "kin identify --json holiday/ >who.jsonl\n",
     kin_verb_identify, 1, -1},
    {"verify", "A B", "say whether two photos show the same person", "model threshold json csv no-flip " FIND,
     "Compares the largest face near the middle of each photo. Prints their similarity, the threshold and the false "
     "accept rate at that similarity: the part of pairs of different people that are as similar, by the model's card. "
     "Without --threshold one false accept in 1,000 is allowed.\n\n"
     "Exit status 0 when they are the same, 1 when not or when a photo has no face.",
     "kin verify passport.jpg visitor.jpg\n", kin_verb_verify, 2, 2},
    {"detect", "PHOTO...", "find faces: boxes, five points, score, quality", "output json csv " FIND,
     "Boxes are x0, y0, x1, y1 in pixels of the upright photo, origin top left. The five points (eyes, nose, corners of "
     "the mouth; left is the picture's left) are in --json and --csv. -o writes the photo with boxes and points: a .png or .jpg file for one photo, a folder for several, where JPEGs "
     "stay JPEGs and PNGs PNGs; no photo is overwritten.\n\n"
     "--detector mtcnn takes the published MTCNN, whose files kin version looks for (scripts/make-mtcnn.py makes them).\n\n"
     "Exit status 0 when a face was found, 1 when none was.",
     "kin detect beach.jpg\nkin detect --min-face 20 -o boxes.png crowd.jpg\nkin detect --csv holiday/ >faces.csv\n", kin_verb_detect, 1, -1},
    {"crop", "PHOTO... -o DIR", "cut faces out, aligned or with a margin", "model output margin size json csv " FIND,
     "Writes one PNG a face into DIR, named after the photo: aligned as the recogniser sees it, or with --margin M the "
     "square around the box grown by M times its side all around.",
     "kin crop -o faces/ beach.jpg\nkin crop --margin 0.5 --size 224 -o faces/ holiday/\n", kin_verb_crop, 1, -1},
    {"embed", "PHOTO...", "turn faces into vectors", "model output json csv npy no-flip " FIND,
     "The mean of the crop's and its mirror image's vector, of unit length: the cosine of two is their similarity. --npy "
     "writes an array [faces, width] of float32 into -o or to standard output.",
     "kin embed --json beach.jpg\nkin embed --npy -o vectors.npy holiday/\n", kin_verb_embed, 1, -1},
    {"recognize", "PHOTO... -m MODEL", "say which of a classifier's labels fit", "model labels top json csv " FIND,
     "Asks a classifier, which was trained on a closed set of people, and tells its likeliest labels with their probabilities. "
     "As the model's card says, each face is cut out with a margin or aligned, or the whole picture is looked at. The labels are "
     "those of --labels, else of the card, else of the TensorFlow Lite metadata. A classifier always names somebody it knows, "
     "whoever is in the photo: to tell strangers, use kin identify.\n\n"
     "Exit status 0 when something was recognized, 1 when there was no face.",
     "kin recognize -m family.tflite beach.jpg\nkin recognize -m net.tflite --labels names.txt --top 3 --json holiday/ >who.jsonl\n",
     kin_verb_recognize, 1, -1},
    {"tag", "PHOTO...", "write the names into the photo library (XMP sidecars)", "model gallery threshold fpir repeat json " FIND,
     "Names faces as kin identify does, and writes those names beside each photo, as photo.jpg.xmp (or into the photo.xmp that is "
     "there): face regions of the Metadata Working Group and IPTC's Person Shown, which digiKam, Immich and others read. The photo "
     "is never touched; what else the sidecar holds stays; a name that somebody gave by hand stays, with a word. What kin wrote "
     "earlier and would not say again goes. Unknown faces are not written.\n\n"
     "Exit status 0 when somebody was named, 1 when nobody was.",
     "kin tag holiday/\nkin tag --json beach.jpg\n", kin_verb_tag, 1, -1},
    {"people", "", "list who is known", "gallery json csv " LIMITS, "Names with the number of faces kept of each, and what kin person knows.\n\nThose of kin ignore are called ignored 1, ignored 2 ...", "",
     kin_verb_people, 0, 0},
    {"person", "NAME", "say or set what is known of a person", "gallery born consent until json csv " LIMITS,
     "Without more, tells what is known of NAME. --born DATE sets the birthday: by the date that photos carry (EXIF), nobody is named "
     "before birth (of a photo that carries a year or month only, its last day counts), and of a child those faces count more that are "
     "near in time. Photos that carry no date change nothing.\n\n"
     "--consent TEXT keeps what the person agreed to, as you say it, and --until DATE its last day (a year's or month's last). Behind "
     "it identify, tag, people and doctor warn, and name the person still; kin forget --expired deletes. Of two people who are merged the "
     "earlier last day counts.\n\n"
     "none behind an option takes back what is known, and so does kin undo.\n\n"
     "Exit status 0 when it is done, 1 when nobody is called so.",
     "kin person Anna --born 2015-03-02\nkin person Ben --consent 'by mail; not on the web' --until 2027\nkin person Anna\n", kin_verb_person, 1, 1},
    {"rename", "OLD NEW", "give a person another name", "gallery json csv " LIMITS, "NEW must not be taken.", "kin rename anna Anna\n",
     kin_verb_rename, 2, 2},
    {"merge", "NAME OTHER", "two people are one", "gallery json csv " LIMITS,
     "OTHER's faces, and what was rejected for OTHER, become NAME's; nobody is called OTHER then. kin undo takes it back.\n\n"
     "Where a face of one was rejected for the other they are two: nothing is done, and the photo is named. If they are one all the "
     "same, kin reject with the name that the photo taught takes its face out; then merge.\n\n"
     "Exit status 0 when it is done, 1 when nobody is called so, or a rejection says no.",
     "kin merge Anna Annie\n", kin_verb_merge, 2, 2},
    {"split", "NAME NEW PHOTO...", "one person is two", "gallery json csv " LIMITS,
     "The faces that NAME was taught from these photos become NEW's, who is made where there is none. The photos are only compared "
     "with those that were taught: they must be the same files, wherever they lie now. All or none; kin undo takes it back.\n\n"
     "Exit status 0 when it is done, 1 when a photo did not teach NAME, or its face was rejected for NEW.",
     "kin split Anna Eva eva1.jpg eva2.jpg\n", kin_verb_split, 3, -1},
    {"reject", "NAME PHOTO[#FACE]", "this is not NAME, and never will be", "model gallery no-crops threshold fpir json csv " FIND,
     "From now on this face never gets this name, nor does the same photo saved again, scaled or cut a little; whoever comes next "
     "may be named. Where NAME was taught with this face, it is taken out. It cannot be enrolled under NAME again, and follows NAME "
     "through rename and merge. kin undo takes it back.\n\n"
     "#2 is the second face in the order in which kin identify lists them. Without a number it is the only face, or the only one "
     "that kin identify calls NAME (of --threshold or --fpir, as given there).\n\n"
     "Exit status 0 when it is so, also when it was before; 1 when nobody is called NAME or there is no face.",
     "kin reject Anna beach.jpg\nkin reject Anna 'party.jpg#2'\n", kin_verb_reject, 2, 2},
    {"ignore", "PHOTO[#FACE]", "never ask who this is", "model gallery no-crops json csv " FIND,
     "This person is nobody to ask about: kin identify says ignored from now on, of other photos too. It becomes a person who is called "
     "ignored 1, ignored 2 ..., is known again once kin rename gave a name, and is forgotten like others.\n\n"
     "Exit status 0 when it is so, also when it was before; 1 when somebody was taught with this very face or there is no face.",
     "kin ignore 'street.jpg#3'\nkin rename 'ignored 1' Dora\n", kin_verb_ignore, 1, 1},
    {"undo", "", "take the last change of the gallery back", "gallery json csv " LIMITS,
     "Undoes the last enroll, rename, person, merge, split, reject, ignore or gallery upgrade; again, the one before, to the first. "
     "The gallery is as it was then. kin forget alone cannot be undone, nor can what was done with who was forgotten.\n\n"
     "Exit status 0 when something was taken back, 1 when nothing is left.",
     "kin undo\n", kin_verb_undo, 0, 0},
    {"forget", "NAME | --expired", "delete a person and all that is kept of them", "gallery expired force json csv " LIMITS,
     "Deletes the name, vectors and crops, and vacuums the database so that nothing stays in its files. Asks first on a "
     "terminal (--force: does not). Cannot be undone.\n\n"
     "--expired does that with each person whose --until (kin person) is over; with --json a line a person.\n\n"
     "Exit status 0 when it is done, 1 when nobody is called so, nobody's time is over, or the answer was no.",
     "kin forget Anna\nkin forget --expired\n", kin_verb_forget, 0, 1},
    {"doctor", "", "what is wrong with the gallery, what error to expect, what to add",
     "model gallery threshold fpir html json csv " LIMITS,
     "Looks at the faces that are kept of everybody, without any photo: faces that look like another person's or like nobody's "
     "of their own (a wrong name?), one person under two names, the same picture twice, people with too few photos. Each face in "
     "turn is left out and searched for: so often people will be missed. What to do first stands first. --json and --csv have "
     "every face with its similarities.\n\n"
     "own: mean similarity to the person's other faces. other: to those of the nearest other person. Between brackets 95 % "
     "intervals. Nothing is changed.\n\n"
     "--html FILE: all of it with the faces beside it, in one file that holds everything it shows and that only you may read.\n\n"
     "Exit status 0 when there is nothing to do, 1 when something should be looked at; also somebody whose consent is over.",
     "kin doctor\nkin doctor --csv >faces.csv\nkin doctor --fpir 0.003\nkin doctor --html doctor.html\n", kin_verb_doctor, 0, 0},
    {"gallery", "info | check | upgrade | backup FILE | export FILE.tar | import FILE.tar", "look after the people's database", "model gallery json csv " LIMITS,
     "info: path, people, faces, models with the vectors that they have, journal, size.\n\n"
     "check: SQLite's own checks and kin's (vectors, pictures, names, journal). Exit status 4 when it is damaged.\n\n"
     "upgrade -m MODEL: another recogniser for the same people. Everybody's kept pictures (else the photos, where they still are) "
     "become its vectors, beside the old ones, which count until all are there; kin undo takes it back. When it is cut short it "
     "goes on where it was. Afterwards name the model with -m as before.\n\n"
     "backup FILE: a copy as it is at one moment, while others read and write; FILE must not be there, and only you may read it. "
     "Put it in place of the gallery to restore it. kin forget does not reach backups and exports.\n\n"
     "export FILE.tar: gallery.json and the pictures, for people and other programs. import FILE.tar: what an export holds comes "
     "into this gallery beside what is there; twice doubles nothing, kin undo takes it back. Exit status 1 when faces in it were "
     "refused.",
     "kin gallery info\nkin gallery check\nkin gallery upgrade -m better.tflite\nkin gallery backup gallery-2026-11.db\n",
     kin_verb_gallery, 1, 2},
    {"evaluate", "MODEL DIR | --pairs FILE DIR", "how good a model is on labelled photos",
     "pairs model labels seed no-flip html json csv " FIND,
     "MODEL DIR: DIR holds a folder a person. For a recogniser the open set: half of the people are enrolled with half of their "
     "photos, as kin enroll and kin identify would have it, their other photos and all photos of the rest are asked about; then "
     "the other way round (--seed draws). Told are the people missed (FNIR) at the threshold that lets 0.3 and 1 % of these "
     "strangers have a name (FPIR), and at the one that kin sets for that by the model's card. For a classifier the closed "
     "set: how often the folder's name is the likeliest label, or one of the first five. Between brackets 95 % intervals, as if "
     "photos were independent. A photo without a face is missed.\n\n"
     "--pairs: Labeled Faces in the Wild's protocol: pairs.txt names pairs of photos of one person and of two, in folds (ten) of "
     "the file's order; photo 7 of NAME is DIR/NAME/NAME_0007.jpg. A photo without a face counts as an embedding of its middle. "
     "Pairs are judged by the threshold that is best on the other folds. Prints accuracy with its standard error, the part of "
     "one person's pairs that is accepted (TAR) where 1 in 10, 100 and 1,000 pairs of two is (FAR), and the area under that "
     "curve. --min-face is 20 here; the recogniser is that of -m.\n\n"
     "Of several faces in a photo the large one near the middle counts. --csv has every photo or pair; --html FILE draws the curves and shows "
     "the worst mistakes.",
     "kin evaluate recogniser people/\nkin evaluate family.tflite test/\nkin evaluate --pairs pairs.txt lfw/ --html lfw.html\n",
     kin_verb_evaluate, 1, 2},
    {"calibrate", "MODEL DIR", "make a recogniser's threshold table from labelled faces", "output json csv " FIND,
     "DIR holds a folder a person. Every pair of photos of two people is compared: the table says which similarity 1 in 10, 100 "
     "... 1,000,000 of them reach, counted as far as there are pairs, fitted a little beyond. -o FILE writes the model with that table "
     "in its card, from which thresholds follow; MODEL is not touched. The written file is another model to a gallery: kin gallery upgrade -m FILE.\n\n"
     "Take people who are nothing but different: every folder a person, no person in two. A wrong label makes the table ask for more.",
     "kin calibrate net.tflite people/ -o better.tflite\nkin calibrate recogniser people/\n", kin_verb_calibrate, 2, 2},
    {"augment", "[DIR -o SHEET.png]", "look at what training will see",
     "augment model output input unknown seed " FIND,
     "DIR holds a folder a person. The sheet shows some of its pictures: each as the recogniser sees it, and beside that what "
     "--augment makes of it in the first seven epochs of a training with this --seed. Photos are looked at as kin identify does: "
     "the face is found, aligned and cut out.\n\n"
     "Without DIR: what a recipe may hold, with the strength and the probability that are taken where none is given. A strength is the "
     "greatest; each picture draws its own below it. Turning, moving, zooming and the like are one step, so pixels are resampled once; what comes in "
     "from outside is the mirror image of what is inside. The others follow in the order of the recipe.",
     "kin augment people/ -o sheet.png\nkin augment people/ -o sheet.png --augment 'flip blur=2@0.5 noise' --seed 7\nkin augment\n",
     kin_verb_augment, 0, 1},
    {"train", "DIR -o MODEL.tflite", "teach a network the people of a folder",
     "base at fine-tune tune-rate tune-epochs distill augment validation epochs patience batch variants rate optimiser schedule loss resume minutes "
     "output input unknown seed json csv html " FIND,
     "DIR holds a folder a person, and one of strangers and of what is no face (--unknown, default unknown). A network that "
     "knows faces (--base) stays as it is; what it makes of every picture is computed once, in --variants augmented forms; behind it a "
     "new top learns whose picture it is: flatten, dense, softmax, as in Keras. Photos are looked at as kin identify does: the "
     "face is found, aligned and cut out.\n\n"
     "--fine-tune lets the top of the base learn too, behind that. --loss arcface, cosface, triplet or contrastive, and --distill, teach no top "
     "but the base's own embedding: the file is a recogniser, and kin calibrate measures its thresholds. These write a checkpoint beside -o "
     "every --minutes and when they are broken off (Ctrl-C); --resume goes on with it to the same bits.\n\n"
     "--csv prints the history, a line an epoch; --html FILE draws it, and who was taken for whom among the pictures of --validation.\n\n"
     "The file of a classifier runs in kin recognize and in TensorFlow Lite; its card says how to feed it and holds the names. The same --seed "
     "gives the same file, on any number of threads.",
     "kin train people/ -o family.tflite\nkin recognize -m family.tflite party.jpg\n"
     "kin convert vggface2-resnet50 resnet.tflite && kin train people/ -o family.tflite --base resnet.tflite --epochs 100\n"
     "kin train people/ -o family.tflite --fine-tune 3\nkin train people/ -o family.tflite --epochs 500 --patience 20 --html history.html\nkin train faces/ -o own.tflite --loss 'arcface scale=32' --epochs 20 --batch 64\n",
     kin_verb_train, 1, 1},
    {"summary", "MODEL", "print a network layer by layer", "size no-top classes pooling json csv " LIMITS,
     "Every layer with its output shape, parameters and multiply-adds, the kernel that runs it, and the memory of a run. "
     "MODEL is a .tflite file or a name. --size PX plans for another picture size.\n\n"
     "vggface-vgg16, vggface2-resnet50 and vggface2-senet50 are networks whose layers kin knows, without weights: for these it "
     "prints the table that Keras prints, with --no-top, --pooling and --classes as there.",
     "kin summary recogniser\nkin summary --size 640 detector\nkin summary net.tflite\nkin summary vggface2-senet50 --no-top\n",
     kin_verb_summary, 1, 1},
    {"convert", "IN OUT.tflite", "write a model as a TensorFlow Lite file", "size no-top classes pooling seed " LIMITS,
     "Reads IN, a .tflite file or a name, and writes it anew with its card and all other metadata: what nothing needs is left out, and "
     "what TensorFlow Lite has no operator for is written out by those that it has. The file runs in TensorFlow Lite's interpreter, on "
     "phones too, with the same answers. OUT appears whole or not at all.\n\n"
     "vggface-vgg16, vggface2-resnet50 and vggface2-senet50 get random weights from --seed, to be trained, and a card that says how faces are fed; --size, "
     "--no-top, --pooling and --classes are those of kin summary.",
     "kin convert old.tflite new.tflite\nkin convert vggface2-resnet50 resnet.tflite --no-top --pooling avg\n", kin_verb_convert, 2, 2},
    {"ops", "", "list the ops of the engine", "json csv", "The same as docs/ops.md: each op with its inputs and attributes.", "",
     kin_verb_ops, 0, 0},
    {"version", "", "version, CPU level, codecs, models inside and their licences", "json csv", "", "", kin_verb_version, 0, 0},
    {"help", "[VERB]", "this text, or a verb's manual", "",
     "kin help completion prints bash completion, kin help man:VERB a man page (man:kin the first one).",
     "kin help identify\n. <(kin help completion)\n", kin_verb_help, 0, 1},
};
const size_t kin_verb_count = sizeof kin_verbs / sizeof *kin_verbs;

const kin_verb *kin_verb_find(const char *name)
{
    for (size_t i = 0; i < kin_verb_count; i++)
        if (strcmp(kin_verbs[i].name, name) == 0) return &kin_verbs[i];
    return NULL;
}

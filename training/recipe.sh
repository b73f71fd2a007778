#!/usr/bin/env bash
# Makes the pack and the judge that ship anew, from the weights on which they went on.
#
#     training/recipe.sh WORK
#
# Runs the stages of the last run that README.md tells of, on two cores that multiply bfloat16 in two hours; it takes 13 GB in WORK,
# 16 GB of memory, a clone with its history, `npm install`, and what README.md says to install, `onnx` too. Training stops by the
# clock, so another machine takes more or fewer steps and ends a little elsewhere. A stage that ended is not run again: the name of
# what it makes stands in WORK/done. The result is WORK/pack and WORK/judge.onnx.
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,9p' "$0"; exit 2; }
mkdir -p "$1/done"
W=$(realpath "$1")
HERE=$(cd "$(dirname "$0")" && pwd)
START=6642924 # the commit whose pack and judge these go on from
cd "$HERE"
case $W in *[[:space:]]*) echo "recipe: WORK must be a path without spaces" >&2; exit 2 ;; esac
git cat-file -e "$START^{commit}" || { echo "recipe: commit $START is not in this clone; fetch its history" >&2; exit 2; }
[ -d ../node_modules ] || { echo "recipe: run npm install first" >&2; exit 2; }
python3 -c 'import cv2, onnx, safetensors, tokenizers, torch'

OLDER="house,lighthouse,castle,windmill,church,bridge,boat,ship,duck,tree,cactus,mountain,flower,mushroom,apple,cat,fish,car,tent,snowman,umbrella,palm tree,pine tree,hot-air balloon"
NEWER=$(python3 - "$OLDER" <<'PYTHON'
import sys
import scenes
print(",".join(name for name in scenes.SUBJECTS if name not in sys.argv[1].split(",")))
PYTHON
)
NAMED=oil,swirl,pointillism,watercolour,poster,inkwash,delft,charcoal,pastel,woodblock,papercut,popart,pixel,riso,glass,mosaic
WIDE=linocut,crayon,blueprint,batik,nouveau,fauve,scratchboard,goldleaf,knife,quilt
HELD=engraving,embroidery,lowpoly,neon,tapestry,contour,spiral,scales,beads,blocks,cubist
SCALE=0.49791789485030663 # of the first latents: the encoder has stayed what it was
TEAM="torchrun --standalone --nproc_per_node 2"
jemalloc=$({ PATH=$PATH:/sbin ldconfig -p || true; } 2> /dev/null | sed -n 's/.*libjemalloc\.so\.2.* => //p' | head -1)
[ -z "$jemalloc" ] || export LD_PRELOAD=$jemalloc MALLOC_CONF=dirty_decay_ms:3000,muzzy_decay_ms:3000,narenas:1 # trains faster

stage() { # NAME command...: unless it ended before
  local name=$1
  shift
  [ -f "$W/done/$name" ] || { "$@" && touch "$W/done/$name"; }
}

begin() {
  mkdir -p "$W/old"
  git -C .. archive "$START" public/packs/kindred-mini tools/eval/judge.onnx | tar -x -C "$W/old"
  python3 unpack.py "$W/old/public/packs/kindred-mini" "$W/start"
}
stage begin begin

picture() { # FOLDER SCENES SEED STYLES [option...]: four styles a scene
  local folder=$1 scenes=$2 seed=$3 styles=$4
  shift 4
  stage "$folder" python3 render.py --out "$W/$folder" --scenes "$scenes" --per-scene 4 --seed "$seed" --styles "$styles" --workers 2 "$@"
}
picture named   1000 321 "$NAMED"
picture wide     700 323 "$WIDE"
picture heldout  900 322 "$HELD"
picture mixed   2400 331 mixed:0-1199    --subjects "$OLDER"
picture mixed2  3600 341 mixed:0-1199    --subjects "$NEWER"
picture mixed3  3400 351 mixed:1200-1999 --subjects "$NEWER"
picture mixed4   800 352 mixed:1200-1999 --subjects "$OLDER"
picture across   450 361 "$NAMED,$WIDE"  --shape 384x256
picture upright  450 362 "$NAMED,$WIDE"  --shape 256x384

at() { for name in "$@"; do echo "$W/$name"; done; }
latents() { # SHARE FOLDER...
  local share=$1 folder
  shift
  for folder in "$@"; do
    [ -f "$W/done/latents-$folder" ] || rm -f "$W/$folder/latents.npy" "$W/$folder/encoded.npy"
    stage "latents-$folder" python3 encode.py --autoencoder "$W/start/kindred-mini.ckpt" --workers 2 --share "$share" --data "$W/$folder"
  done
}
latents 0.8 named wide mixed mixed2 across upright
latents 0.55 mixed3 mixed4
DATA=$(at named wide mixed mixed3 mixed2 mixed4 heldout)
stage prepared python3 prepare.py --data $DATA --shapes $(at across upright) --clip "$W/start/clip" --captions 2 --scale $SCALE --threads 2 --out "$W/prepared"

unet() {
  $TEAM train_unet.py --prepared "$W/prepared" --init "$W/start/kindred-mini.ckpt" --out "$W/unet.ckpt" \
    --minutes 48 --batch 144 --lr 2e-3 --ema 0.995 --seed 8 --full 0.5 --other-shapes 0.15 | tee "$W/unet.log"
}
stage unet unet
stage export python3 export.py --unet "$W/unet.ckpt" --autoencoder "$W/start/kindred-mini.ckpt" --clip "$W/start/clip" --prepared "$W/prepared" \
  --data $DATA --clip-data $(at named wide heldout) --out "$W/kindred-mini"
stage folders python3 render.py --folders "$W/folders" --scenes 100 --seed 7 --styles all --extension jpg
stage more-folders python3 render.py --folders "$W/folders" --scenes 200 --seed 8 --styles oil,watercolour,woodblock,glass,delft,poster,neon,tapestry --extension jpg
stage pack ./pack.sh "$W/kindred-mini" "$W/folders" "$W/pack"

stage judge0 python3 unpack_judge.py --judge "$W/old/tools/eval/judge.onnx" --data $(at named wide heldout) --out "$W/judge0.pt"
judge() { # the weights that it makes, those that it begins with, option...
  local made=$1 from=$2
  shift 2
  python3 probe.py --weights "$W/$made.pt" --init "$W/$from.pt" --data $(at named wide heldout mixed mixed2 mixed3) \
    --shapes $(at across upright) --threads 2 "$@" | tee "$W/$made.log"
}
stage judge1 judge judge1 judge0 --minutes 9 --lr 1.5e-3
stage judge2 judge judge2 judge1 --minutes 7 --lr 1.2e-3
stage judge python3 export_judge.py --weights "$W/judge2.pt" --out "$W/judge.onnx"

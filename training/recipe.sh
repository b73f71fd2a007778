#!/usr/bin/env bash
# Makes the pack and the judge that ship anew, from the weights on which they went on.
#
#     training/recipe.sh WORK
#
# Runs everything that README.md tells of this last run: two hours on two cores that multiply bfloat16, and 13 GB in WORK. Training
# stops by the clock, so another machine takes more or fewer steps and ends a little elsewhere; a file that is there already is
# not made again. The result is WORK/pack and WORK/judge.onnx.
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,9p' "$0"; exit 2; }
mkdir -p "$1"
W=$(realpath "$1")
HERE=$(cd "$(dirname "$0")" && pwd)
START=6642924 # the commit whose pack and judge these go on from
cd "$HERE"

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
TEAM="torchrun --nproc_per_node 2"
jemalloc=$(ldconfig -p | sed -n 's/.*libjemalloc\.so\.2.* => //p' | head -1) # trains faster, where it is installed
[ -z "$jemalloc" ] || export LD_PRELOAD=$jemalloc MALLOC_CONF=dirty_decay_ms:3000,muzzy_decay_ms:3000,narenas:1

picture() { # FOLDER SCENES SEED STYLES [option...]: four styles a scene
  local folder="$W/$1" scenes=$2 seed=$3 styles=$4
  shift 4
  [ -f "$folder/meta.jsonl" ] || python3 render.py --out "$folder" --scenes "$scenes" --per-scene 4 --seed "$seed" --styles "$styles" --workers 2 "$@"
}

[ -d "$W/old" ] || { mkdir "$W/old" && git -C "$HERE/.." archive "$START" public/packs/kindred-mini tools/eval/judge.onnx | tar -x -C "$W/old"; }
[ -d "$W/start" ] || python3 unpack.py "$W/old/public/packs/kindred-mini" "$W/start"

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
encode() { python3 encode.py --autoencoder "$W/start/kindred-mini.ckpt" --workers 2 "$@"; }
encode --share 0.8 --data $(at named wide mixed mixed2)
encode --share 0.55 --data $(at mixed3 mixed4)
encode --share 0.8 --data $(at across upright)
DATA=$(at named wide mixed mixed3 mixed2 mixed4 heldout)
[ -d "$W/prepared" ] || python3 prepare.py --data $DATA --shapes $(at across upright) --clip "$W/start/clip" --captions 2 --scale $SCALE --threads 2 --out "$W/prepared"

[ -f "$W/unet.ckpt" ] || $TEAM train_unet.py --prepared "$W/prepared" --init "$W/start/kindred-mini.ckpt" --out "$W/unet.ckpt" \
  --minutes 48 --batch 144 --lr 2e-3 --ema 0.995 --seed 8 --full 0.5 --other-shapes 0.15 | tee "$W/unet.log"
python3 export.py --unet "$W/unet.ckpt" --autoencoder "$W/start/kindred-mini.ckpt" --clip "$W/start/clip" --prepared "$W/prepared" \
  --data $DATA --clip-data $(at named wide heldout) --out "$W/kindred-mini"
python3 render.py --folders "$W/folders" --scenes 100 --seed 7 --styles all --extension jpg
python3 render.py --folders "$W/folders" --scenes 200 --seed 8 --styles oil,watercolour,woodblock,glass,delft,poster,neon,tapestry --extension jpg
./pack.sh "$W/kindred-mini" "$W/folders" "$W/pack"

python3 unpack_judge.py --judge "$W/old/tools/eval/judge.onnx" --data $(at named wide heldout) --out "$W/judge0.pt"
judge() { # the weights that it makes, those that it begins with, option...
  local made=$1 from=$2
  shift 2
  [ -f "$made" ] || python3 probe.py --weights "$made" --init "$from" --data $(at named wide heldout mixed mixed2 mixed3) \
    --shapes $(at across upright) --threads 2 "$@" | tee "${made%.pt}.log"
}
judge "$W/judge1.pt" "$W/judge0.pt" --minutes 9 --lr 1.5e-3
judge "$W/judge.pt" "$W/judge1.pt" --minutes 7 --lr 1.2e-3
python3 export_judge.py --weights "$W/judge.pt" --out "$W/judge.onnx"

#!/usr/bin/env bash
# Turns an exported checkpoint and folders of rendered pictures into the pack that ships.
#
#     training/pack.sh WORK/kindred-mini WORK/folders public/packs/kindred-mini
#
# EXPORT is what export.py wrote, FOLDERS what render.py --folders wrote: one folder of pictures per style.
set -euo pipefail
[ $# -eq 3 ] || { sed -n '2,6p' "$0"; exit 2; }
export_dir=$(realpath "$1") folders=$(realpath "$2")
mkdir -p "$3"
out=$(realpath "$3")
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$root"

convert() {
  npx tsx tools/convert.ts "$export_dir/kindred-mini.ckpt" "$@" --dtype int8 \
    --config "$export_dir/kindred-mini.json" --clip "$export_dir/clip"
}

# The databases are embedded by the towers that ship, so the pack is made once without them.
convert "$scratch/pack"
mkdir "$scratch/databases"
python3 - "$root/training" "$folders" <<'PYTHON' | while IFS=$'\t' read -r id name held_out; do
import pathlib, sys
sys.path.insert(0, sys.argv[1])
from styles import STYLES
for style in STYLES:
    if (pathlib.Path(sys.argv[2]) / style.id).is_dir():
        print(style.id, style.name, "--held-out" if style.held_out else "", sep="\t")
PYTHON
  npx tsx tools/database.ts "$folders/$id" --pack "$scratch/pack" --out "$scratch/databases/$id.zip" \
    --id "$id" --name "$name" $held_out --for-pack < /dev/null
done
rm -rf "$out"
# The order in which people see the styles: trained ones first, then the unseen. Of each, those that come out best lead, and the
# others follow by name. Judge it anew with the sheets when the weights change.
first=oil,watercolour,woodblock,glass,delft,poster
first_unseen=tapestry,neon,lowpoly
convert "$out" --databases "$scratch/databases" --first "$first,$first_unseen"

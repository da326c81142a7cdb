#!/bin/sh
# The best photos of a year as files in a folder of their own: the favourites, or the largest where none is marked, so many a month.
# The library is only read; the files are copies.
#
#   best-of-year.sh 2024 ~/best-2024          at most 5 a month
#   best-of-year.sh 2024 ~/best-2024 12       at most 12
set -eu

[ $# -ge 2 ] || { echo "$0: which year, and into which folder? best-of-year.sh YEAR FOLDER [N]" >&2; exit 2; }
year=$1
to=$2
most=${3:-5}

best="type:photo is:favorite"
[ "$(hypernet query "date:$year $best" --count)" -gt 0 ] || best="type:photo"

mkdir -p "$to"
for month in 01 02 03 04 05 06 07 08 09 10 11 12; do
  hypernet query "date:$year-$month $best" --sort -size --limit "$most" --paths -0 |
    xargs -0 -r sh -c 'cp -f "$@" "$0"' "$to"
done

echo "$to: $(find "$to" -type f | wc -l) photos of $year"

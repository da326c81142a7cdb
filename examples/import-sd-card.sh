#!/bin/sh
# Takes in a camera's card and says whether it may be formatted. The card itself is only read.
#
#   import-sd-card.sh /media/you/CARD
#
# Running it again after it was cut short, or with the same card half full of known files, does only what is left to do.
set -eu

card=${1:?usage: import-sd-card.sh FOLDER}
report=$(mktemp -d)/card.csv

# --verify reads every copy back from the disk; the exit code is 0 only if no file failed.
if hypernet import "$card" --verify --tag "card-$(date +%F)" --report "$report"; then
  echo "Everything on $card is in the library. What became of each file: $report"
else
  code=$?
  echo "Not all of $card could be taken in: keep the card. What became of each file: $report" >&2
  exit "$code"
fi

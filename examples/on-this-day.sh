#!/bin/sh
# What was photographed on this day in earlier years.
#
#   on-this-day.sh            today's day
#   on-this-day.sh 12-24      another one, as MONTH-DAY
set -eu

day=${1:-$(date +%m-%d)}
[ "$day" != 02-29 ] || { echo "$0: not every year has a February 29" >&2; exit 2; }
year=$(date +%Y)
question=
for back in $(seq 1 60); do
  question="$question${question:+ OR }date:$((year - back))-$day"
done

exec hypernet query "$question" --sort -taken_at --format table

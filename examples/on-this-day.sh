#!/bin/sh
# What was photographed on this day in earlier years.
#
#   on-this-day.sh            today's day
#   on-this-day.sh 12-24      another one, as MONTH-DAY
set -eu

day=${1:-$(date +%m-%d)}
year=$(date +%Y)

exec hypernet query "on:$day" "before:$year" --sort -taken_at --format table

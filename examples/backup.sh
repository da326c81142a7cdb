#!/bin/sh
# Copies the whole library into a new folder beneath DIR, while nothing else writes to it.
#
#   backup.sh /media/you/BACKUP
set -eu

to=${1:?usage: backup.sh DIR}/hypernet-$(date +%Y%m%d-%H%M%S)
library=$(hypernet config show --json | jq -r .library)
mkdir -p "$(dirname "$to")"

# Every hypernet holds this lock while it runs; waiting for it alone means that nothing is half done.
flock --exclusive --timeout 600 "$library/lock" cp -a "$library" "$to.partial"
mv "$to.partial" "$to"

# A copy is a library: it answers like the original.
[ "$(hypernet -L "$to" query --count)" = "$(hypernet query --count)" ]
echo "$to"

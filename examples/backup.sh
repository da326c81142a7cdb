#!/bin/sh
# Brings the backup of the library on another disk up to date, and reads a backup again that was not read for a month.
#
#   backup.sh /media/you/BACKUP
#
# For cron: it says nothing when all is well.
set -eu

to=${1:?usage: backup.sh DIR}/hypernet
mkdir -p "$1"

# 3: all is copied but for what is listed. The backup keeps the good copy of an original that went bad in the library.
hypernet -q backup "$to" || [ $? -eq 3 ]

# Copies rot too. The file remembers when they were all read last.
if [ -z "$(find "$1" -maxdepth 1 -name hypernet.verified -mtime -30)" ]; then
  hypernet -q backup verify "$to"
  : > "$1/hypernet.verified"
fi

# Where the program knows more than this script, in queries and for the names in them, it is asked.
function __hypernet_asked
    set -l words (commandline -xpc 2>/dev/null; or commandline -opc)
    env COMPLETE=fish $words[1] -- $words (commandline -ct) 2>/dev/null
end
complete -c hypernet -n '__hypernet_asked >/dev/null' -k -f -a '(__hypernet_asked)'
complete -c hypernet -n '__hypernet_asked >/dev/null' -k -f -r -s w -l where -a '(__hypernet_asked)'
for option in sort group-by fields with tag album type camera has source
    complete -c hypernet -n '__hypernet_asked >/dev/null' -k -f -r -l $option -a '(__hypernet_asked)'
end


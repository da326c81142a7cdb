# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_hypernet_global_optspecs
    string join \n L/library= config= j/jobs= n/dry-run y/yes no-input q/quiet v/verbose color= progress= log-format= lock-timeout= json jsonl h/help V/version
end

function __fish_hypernet_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_hypernet_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_hypernet_using_subcommand
    set -l cmd (__fish_hypernet_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

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

complete -c hypernet -n "__fish_hypernet_needs_command" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_needs_command" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_needs_command" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_needs_command" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_needs_command" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_needs_command" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_needs_command" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_needs_command" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_needs_command" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_needs_command" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_needs_command" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_needs_command" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_needs_command" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_needs_command" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_needs_command" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "init" -d 'Make a library'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "import" -d 'Take in photos and videos'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "query" -d 'Find photos, videos and other media'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "show" -d 'Show what is known of an object'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "rm" -d 'Put objects into the trash'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "restore" -d 'Bring objects back from the trash'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "trash" -d 'See what was deleted, or let it go for good'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "purge" -d 'Let objects in the trash go for good'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "verify" -d 'Check that every row and every byte is as it was stored'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "backup" -d 'Copy the library to another disk, verify the copy, restore it'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "repair" -d 'Put right what verify found'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "doctor" -d 'Check that all is well'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "config" -d 'Show the settings and where they come from'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "man" -d 'Print the manual, or write all its pages'
complete -c hypernet -n "__fish_hypernet_needs_command" -f -a "help" -d 'Explain the query language, templates, exit codes, or a command'
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -l email -d 'The address that names the first user [default: the setting `user`, else made from account and host]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -l display-name -d 'The name shown for the first user [default: the account\'s full name]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand init" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l mode -d 'How bytes come in: auto shares blocks where the disk can, else copies [default: auto]' -r -f -a "auto\t''
copy\t''
reflink\t''
move\t''"
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l album -d 'Put each file into this album, such as \'{parent}\' (can be repeated)' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l tag -d 'Give each file this tag (can be repeated)' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l include -d 'Take only files that match, in gitignore\'s syntax (can be repeated)' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l exclude -d 'Leave out files and folders that match (can be repeated)' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l ext -d 'Take only files with these extensions, such as jpg,heic' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l type -d 'Take what is of this type by content (can be repeated) [default: photo and video]' -r -f -a "photo\t''
video\t''
document\t''
other\t''"
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l newer -d 'Take only files changed since this date or age, such as 2024-07 or 30d' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l older -d 'Take only files changed before this date or age' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l min-size -d 'Take only files of at least this size, such as 100kB' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l max-size -d 'Take only files of at most this size' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l max-depth -d 'Go this many folders deep; 1 takes only the files of the folder itself' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l dup -d 'What to do with bytes the library has: skip, or keep a further object over them [default: skip]' -r -f -a "skip\t''
keep\t''"
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l tz -d 'The zone of times that state none: auto, local, utc or one such as Europe/Berlin [default: auto]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l date-from -d 'Where dates may come from [default: exif,filename,mtime]' -r -f -a "exif\t''
filename\t''
mtime\t''"
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l report -d 'Write what became of each file to FILE.csv, FILE.json or FILE.jsonl' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l hidden -d 'Take files and folders whose names begin with a dot, too'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l follow -d 'Go through symbolic links'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l one-file-system -d 'Stay on the file system of each source'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l no-ignore -d 'Take what .hypernetignore files and the built-in list of junk leave out'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l verify -d 'Read each copy back from the disk before it counts'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l include-deleted -d 'Take in again what was deleted'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l no-thumbs -d 'Draw no thumbnails'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l rehash -d 'Read files again that are remembered as unchanged'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -s 0 -l from0 -d 'The list on standard input ends each path with NUL instead of a newline'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand import" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l object -d 'Find objects of this type; each has fields of its own' -r -f -a "media\t'Photos, videos and other files [default]'
album\t'Albums: name, description, `media_count`, visibility, cover ...'
link\t'Links: `link_type`, strength, from, to, linked, `from_type` ...'
integration\t'Connected services: name, `integration_type`, status, items ...'
user\t'You'"
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l sort -d 'Sort by these fields, each the other way round after a `-` [default: `-taken_at,id`]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l limit -d 'Print at most this many' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l cursor -d 'Go on after this place in the order: `next_cursor` of a page' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -s t -l template -d 'Print this of each, with {FIELD} for what differs: \'{taken_at:%Y-%m-%d} {filename}\'' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l format -d 'Print in this format [default: table on a terminal, tsv into a pipe]' -r -f -a "table\t''
tsv\t''
json\t''
jsonl\t''
csv\t''"
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l fields -d 'Print only these fields of each, such as id,filename,hash or metadata.exif.camera' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l with -d 'Print these beside its own fields: in JSON as `_extra`, else as more columns' -r -f -a "local_path\t'Where its original is on this machine'
albums\t'The albums it is in: id and name'
links\t'Its links, at either end, albums among them'
distance\t'How far it was taken from the place of near:, in metres'
similarity\t'How alike it is to that of similar:, from 0 to 1'"
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l tag -d 'With this tag: a whole name, `trip*`, or `none` (can be repeated)' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l album -d 'In this album: its name, a pattern or its id, or `none` (can be repeated)' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l type -d 'Of this type: photo, video, document or other' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l camera -d 'Taken by a camera with this in its name' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l after -d 'Taken since this date began' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l before -d 'Taken before this date began' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l near -d 'Taken near here: LAT,LON or the ID of a media, and perhaps a radius: 34.02,-118.49,5km' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l source -d 'From this integration: its name, its kind or its id, or `none` (can be repeated)' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l has -d 'That has one of these: gps, date, tags, album, description and the like (can be repeated)' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l group-by -d 'Print how many there are, and how many bytes, by this field' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l save -d 'Keep the question as @NAME in the configuration file instead of asking it' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l reverse -d 'Turn the order round'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l page -d 'Print {"items": [...], "`next_cursor"`: ..., "total": N}, for going through a long list page by page'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l with-trashed -d 'Find what is in the trash too'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -s e -l exit-status -d 'End with exit code 4 when nothing is found'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l paths -d 'Print the path of each file'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l ids -d 'Print the id of each object'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -s 0 -l print0 -d 'End each path, id or line of a template with NUL instead of a line feed'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l count -d 'Print only how many there are'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l stats -d 'Print figures: count, bytes, types, dates, places, cameras'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l histogram -d 'Print one bar a month, by the clock on the wall where it was taken'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l explain -d 'Print how the question was understood and how it would be answered'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand query" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -s w -l where -d 'All media this question finds' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -s 0 -l from0 -d 'Ids on standard input end with NUL'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -l exif -d 'Say all that EXIF says, with units'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -l links -d 'List its links, in both directions'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -l history -d 'Tell what happened to it: when, by which command, each field before and after'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand show" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -s w -l where -d 'All media this question finds' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -s 0 -l from0 -d 'Ids on standard input end with NUL'
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand rm" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -s w -l where -d 'All media this question finds' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -s 0 -l from0 -d 'Ids on standard input end with NUL'
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand restore" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -f -a "list" -d 'List what is in the trash, the latest first'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and not __fish_seen_subcommand_from list empty" -f -a "empty" -d 'Let go for good what is in the trash'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -l format -d 'Print in this format [default: table on a terminal, tsv into a pipe]' -r -f -a "table\t''
tsv\t''
json\t''
jsonl\t''
csv\t''"
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -l paths -d 'Print the path of each file'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -l ids -d 'Print the id of each object'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -s 0 -l print0 -d 'End each path, id or line of a template with NUL instead of a line feed'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -l older -d 'Only what has been there for so long' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -l confirm-count -d 'Purge exactly so many objects: what more than 1,000, or a fifth of the library, need instead of --yes' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand trash; and __fish_seen_subcommand_from empty" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -l confirm-count -d 'Purge exactly so many objects: what more than 1,000, or a fifth of the library, need instead of --yes' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -s 0 -l from0 -d 'Ids on standard input end with NUL'
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand purge" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l sample -d 'Read this part of the originals, another one each time' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l max-time -d 'Stop after this long; the next run with a limit goes on from there' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l quick -d 'Only pages, references, originals\' places and sizes, and modes'
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l data -d 'Also read every original again and compare its SHA-256, oldest first'
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand verify" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -l confirm-count -d 'Prune exactly so many originals: what more than 1,000, or a fifth of the backup, need instead of --yes' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -l verify -d 'Read again everything the backup has, and copy anew what is bad; for the library\'s own originals there is `verify --data`'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -l prune -d 'Remove from the backup the originals that the library names no more, neither live nor in the trash'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -a "verify" -d 'Check that a backup is whole and could be restored'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and not __fish_seen_subcommand_from verify restore" -a "restore" -d 'Make a library of a backup, in a new or an empty folder'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -l quick -d 'Of originals, compare only the size'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from verify" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -l to -d 'The folder of the library that is made' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand backup; and __fish_seen_subcommand_from restore" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l from -d 'Also read every original, and mend those that are missing or damaged from this folder, made by `hypernet backup`; with --rebuild, use its newest catalogue where that is newer than the library\'s own snapshots' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l older -d 'With --drop-quarantine: what has been there this long, such as 30d' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l rebuild -d 'Make the catalogue anew, where it is lost or damaged: from the newest good snapshot and the originals'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l no-snapshot -d 'With --rebuild: use no snapshot, only the originals'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l drop-quarantine -d 'Remove for good what was set aside in quarantine; needs --older'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand repair" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -l report -d 'Leave out paths and names, for a report of a bug'
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -f -a "path" -d 'Print the path of the configuration file'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and not __fish_seen_subcommand_from path show" -f -a "show" -d 'Print every setting as it is now'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from path" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -l origin -d 'Say where each value comes from'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand completions" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -l dir -d 'Write all pages into this folder; those of section 7 beside it, into `man7`, where its name is `man1`' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand man" -s V -l version -d 'Print version'
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -s L -l library -d 'Use the library in this folder' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -l config -d 'Read this configuration, or `none` at all' -r -F
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -s j -l jobs -d 'Work on this many files at once [default: by the number of processors]' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -l color -d 'Colour the output' -r -f -a "auto\t'As the environment and the stream say'
always\t'Even into a file'
never\t'Not at all'"
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -l progress -d 'Show progress' -r -f -a "auto\t'On a terminal'
always\t'Into a file or pipe too, as lines of text'
never\t'Not at all'
json\t'One object a second'"
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -l log-format -d 'Write what goes to standard error as text or as JSON lines' -r -f -a "text\t'For people'
json\t'One object a line'"
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -l lock-timeout -d 'Wait this long for another run to finish' -r
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -s n -l dry-run -d 'Say what would be done and change nothing'
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -s y -l yes -d 'Answer every question with yes'
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -l no-input -d 'Never ask; a question becomes an error that names the flag answering it'
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -s q -l quiet -d 'Print no progress and no summary; twice, no warnings either'
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -s v -l verbose -d 'Say more about what is done'
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -l json -d 'Print one JSON document'
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -l jsonl -d 'Print JSON, one object a line'
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hypernet -n "__fish_hypernet_using_subcommand help" -s V -l version -d 'Print version'


use builtin;
use str;

set edit:completion:arg-completer[hypernet] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'hypernet'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'hypernet'= {
            cand -L 'Use the library in this folder'
            cand --library 'Use the library in this folder'
            cand --config 'Read this configuration, or `none` at all'
            cand -j 'Work on this many files at once [default: one per processor]'
            cand --jobs 'Work on this many files at once [default: one per processor]'
            cand --color 'Colour the output'
            cand --progress 'Show progress'
            cand --log-format 'Write what goes to standard error as text or as JSON lines'
            cand --lock-timeout 'Wait this long for another run to finish'
            cand -n 'Say what would be done and change nothing'
            cand --dry-run 'Say what would be done and change nothing'
            cand --no-input 'Never ask; a question becomes an error that names the flag answering it'
            cand -q 'Print no progress and no summary; twice, no warnings either'
            cand --quiet 'Print no progress and no summary; twice, no warnings either'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --json 'Print one JSON document'
            cand --jsonl 'Print JSON, one object a line'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand query 'Find photos, videos and other media'
            cand show 'Show what is known of an object'
            cand config 'Show the settings and where they come from'
            cand completions 'Print a completion script for a shell'
            cand man 'Print the manual, or write all its pages'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'hypernet;query'= {
            cand --sort 'Sort by these fields, each the other way round after a `-` [default: `-taken_at,id`]'
            cand --limit 'Print at most this many'
            cand --format 'Print in this format [default: table on a terminal, tsv into a pipe]'
            cand -L 'Use the library in this folder'
            cand --library 'Use the library in this folder'
            cand --config 'Read this configuration, or `none` at all'
            cand -j 'Work on this many files at once [default: one per processor]'
            cand --jobs 'Work on this many files at once [default: one per processor]'
            cand --color 'Colour the output'
            cand --progress 'Show progress'
            cand --log-format 'Write what goes to standard error as text or as JSON lines'
            cand --lock-timeout 'Wait this long for another run to finish'
            cand --reverse 'Turn the order round'
            cand --count 'Print only how many there are'
            cand -e 'End with exit code 4 when nothing is found'
            cand --exit-status 'End with exit code 4 when nothing is found'
            cand --paths 'Print the path of each file'
            cand --ids 'Print the id of each object'
            cand -0 'End each path, id or template with NUL instead of a line feed'
            cand --print0 'End each path, id or template with NUL instead of a line feed'
            cand -n 'Say what would be done and change nothing'
            cand --dry-run 'Say what would be done and change nothing'
            cand --no-input 'Never ask; a question becomes an error that names the flag answering it'
            cand -q 'Print no progress and no summary; twice, no warnings either'
            cand --quiet 'Print no progress and no summary; twice, no warnings either'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --json 'Print one JSON document'
            cand --jsonl 'Print JSON, one object a line'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'hypernet;show'= {
            cand -w 'All media this question finds'
            cand --where 'All media this question finds'
            cand -L 'Use the library in this folder'
            cand --library 'Use the library in this folder'
            cand --config 'Read this configuration, or `none` at all'
            cand -j 'Work on this many files at once [default: one per processor]'
            cand --jobs 'Work on this many files at once [default: one per processor]'
            cand --color 'Colour the output'
            cand --progress 'Show progress'
            cand --log-format 'Write what goes to standard error as text or as JSON lines'
            cand --lock-timeout 'Wait this long for another run to finish'
            cand --from0 'Ids on standard input end with NUL'
            cand -n 'Say what would be done and change nothing'
            cand --dry-run 'Say what would be done and change nothing'
            cand --no-input 'Never ask; a question becomes an error that names the flag answering it'
            cand -q 'Print no progress and no summary; twice, no warnings either'
            cand --quiet 'Print no progress and no summary; twice, no warnings either'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --json 'Print one JSON document'
            cand --jsonl 'Print JSON, one object a line'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'hypernet;config'= {
            cand -L 'Use the library in this folder'
            cand --library 'Use the library in this folder'
            cand --config 'Read this configuration, or `none` at all'
            cand -j 'Work on this many files at once [default: one per processor]'
            cand --jobs 'Work on this many files at once [default: one per processor]'
            cand --color 'Colour the output'
            cand --progress 'Show progress'
            cand --log-format 'Write what goes to standard error as text or as JSON lines'
            cand --lock-timeout 'Wait this long for another run to finish'
            cand -n 'Say what would be done and change nothing'
            cand --dry-run 'Say what would be done and change nothing'
            cand --no-input 'Never ask; a question becomes an error that names the flag answering it'
            cand -q 'Print no progress and no summary; twice, no warnings either'
            cand --quiet 'Print no progress and no summary; twice, no warnings either'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --json 'Print one JSON document'
            cand --jsonl 'Print JSON, one object a line'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand path 'Print the path of the configuration file'
            cand show 'Print every setting as it is now'
        }
        &'hypernet;config;path'= {
            cand -L 'Use the library in this folder'
            cand --library 'Use the library in this folder'
            cand --config 'Read this configuration, or `none` at all'
            cand -j 'Work on this many files at once [default: one per processor]'
            cand --jobs 'Work on this many files at once [default: one per processor]'
            cand --color 'Colour the output'
            cand --progress 'Show progress'
            cand --log-format 'Write what goes to standard error as text or as JSON lines'
            cand --lock-timeout 'Wait this long for another run to finish'
            cand -n 'Say what would be done and change nothing'
            cand --dry-run 'Say what would be done and change nothing'
            cand --no-input 'Never ask; a question becomes an error that names the flag answering it'
            cand -q 'Print no progress and no summary; twice, no warnings either'
            cand --quiet 'Print no progress and no summary; twice, no warnings either'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --json 'Print one JSON document'
            cand --jsonl 'Print JSON, one object a line'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'hypernet;config;show'= {
            cand -L 'Use the library in this folder'
            cand --library 'Use the library in this folder'
            cand --config 'Read this configuration, or `none` at all'
            cand -j 'Work on this many files at once [default: one per processor]'
            cand --jobs 'Work on this many files at once [default: one per processor]'
            cand --color 'Colour the output'
            cand --progress 'Show progress'
            cand --log-format 'Write what goes to standard error as text or as JSON lines'
            cand --lock-timeout 'Wait this long for another run to finish'
            cand --origin 'Say where each value comes from'
            cand -n 'Say what would be done and change nothing'
            cand --dry-run 'Say what would be done and change nothing'
            cand --no-input 'Never ask; a question becomes an error that names the flag answering it'
            cand -q 'Print no progress and no summary; twice, no warnings either'
            cand --quiet 'Print no progress and no summary; twice, no warnings either'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --json 'Print one JSON document'
            cand --jsonl 'Print JSON, one object a line'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'hypernet;completions'= {
            cand -L 'Use the library in this folder'
            cand --library 'Use the library in this folder'
            cand --config 'Read this configuration, or `none` at all'
            cand -j 'Work on this many files at once [default: one per processor]'
            cand --jobs 'Work on this many files at once [default: one per processor]'
            cand --color 'Colour the output'
            cand --progress 'Show progress'
            cand --log-format 'Write what goes to standard error as text or as JSON lines'
            cand --lock-timeout 'Wait this long for another run to finish'
            cand -n 'Say what would be done and change nothing'
            cand --dry-run 'Say what would be done and change nothing'
            cand --no-input 'Never ask; a question becomes an error that names the flag answering it'
            cand -q 'Print no progress and no summary; twice, no warnings either'
            cand --quiet 'Print no progress and no summary; twice, no warnings either'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --json 'Print one JSON document'
            cand --jsonl 'Print JSON, one object a line'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'hypernet;man'= {
            cand --dir 'Write a page for each command into this folder'
            cand -L 'Use the library in this folder'
            cand --library 'Use the library in this folder'
            cand --config 'Read this configuration, or `none` at all'
            cand -j 'Work on this many files at once [default: one per processor]'
            cand --jobs 'Work on this many files at once [default: one per processor]'
            cand --color 'Colour the output'
            cand --progress 'Show progress'
            cand --log-format 'Write what goes to standard error as text or as JSON lines'
            cand --lock-timeout 'Wait this long for another run to finish'
            cand -n 'Say what would be done and change nothing'
            cand --dry-run 'Say what would be done and change nothing'
            cand --no-input 'Never ask; a question becomes an error that names the flag answering it'
            cand -q 'Print no progress and no summary; twice, no warnings either'
            cand --quiet 'Print no progress and no summary; twice, no warnings either'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --json 'Print one JSON document'
            cand --jsonl 'Print JSON, one object a line'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'hypernet;help'= {
            cand query 'Find photos, videos and other media'
            cand show 'Show what is known of an object'
            cand config 'Show the settings and where they come from'
            cand completions 'Print a completion script for a shell'
            cand man 'Print the manual, or write all its pages'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'hypernet;help;query'= {
        }
        &'hypernet;help;show'= {
        }
        &'hypernet;help;config'= {
            cand path 'Print the path of the configuration file'
            cand show 'Print every setting as it is now'
        }
        &'hypernet;help;config;path'= {
        }
        &'hypernet;help;config;show'= {
        }
        &'hypernet;help;completions'= {
        }
        &'hypernet;help;man'= {
        }
        &'hypernet;help;help'= {
        }
    ]
    $completions[$command]
}

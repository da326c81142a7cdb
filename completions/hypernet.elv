
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
            cand config 'Show the settings and where they come from'
            cand completions 'Print a completion script for a shell'
            cand man 'Print the manual, or write all its pages'
            cand help 'Print this message or the help of the given subcommand(s)'
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
            cand config 'Show the settings and where they come from'
            cand completions 'Print a completion script for a shell'
            cand man 'Print the manual, or write all its pages'
            cand help 'Print this message or the help of the given subcommand(s)'
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

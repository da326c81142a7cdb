# Where the program knows more than this script, in queries and for the names in them, it is asked.
_hypernet_asked() {
    local answer first line
    answer="$(COMPLETE=bash "$1" -- "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)" || return 1
    COMPREPLY=()
    compopt +o default +o bashdefault 2>/dev/null
    {
        IFS= read -r first
        [[ $first == nospace ]] && compopt -o nospace 2>/dev/null
        while IFS= read -r line; do
            COMPREPLY+=("$line")
        done
    } <<<"$answer"
    return 0
}


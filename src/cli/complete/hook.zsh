# Where the program knows more than this script, in queries and for the names in them, it is asked.
_hypernet_asked() {
    local answer line current="${words[CURRENT]}"
    local -a lines texts shown suffix
    current="${current%"$SUFFIX$QISUFFIX"}"
    answer="$(COMPLETE=zsh "${(Q)words[1]}" -- "${(@)words[1,CURRENT-1]}" "$current" 2>/dev/null)" || return 1
    lines=("${(@f)answer}")
    [[ $lines[1] == nospace ]] && suffix=(-S '')
    for line in "${(@)lines[2,-1]}"; do
        texts+=("${line%%$'\t'*}")
        shown+=("${line//$'\t'/  -- }")
    done
    (( $#texts )) && compadd -U -Q -l "${(@)suffix}" -d shown -a texts
    return 0
}


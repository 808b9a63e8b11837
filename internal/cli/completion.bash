# bash completion for ferry. It needs nothing but bash, 3.2 or later.

# Completes the word at the cursor with what "ferry __complete" offers.
_ferry() {
    local line=$COMP_LINE word before out directive value offered
    local -a words=()
    local i cur prefix

    # bash splits words at "=" and ":" as well; join what has no blank between.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ -z $word ]]; then
            before=" "
        else
            before=${line%%"$word"*}
            line=${line#*"$word"}
        fi
        if ((i > 0)) && [[ -z $before ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
    done
    cur=${words[${#words[@]} - 1]}

    COMPREPLY=()
    out=$("${words[0]/#\~/$HOME}" __completeNoDesc "${words[@]:1}" 2>/dev/null) || return
    directive=${out##*:}
    out=${out%:*}

    prefix=
    if [[ $cur == --*=* ]]; then # the program offers the values alone
        prefix=${cur%%=*}=
        cur=${cur#*=}
    fi
    while IFS= read -r offered; do
        if [[ -n $offered && $offered == "$cur"* ]]; then
            COMPREPLY+=("$prefix$offered")
        fi
    done <<<"$out"
    if ((directive & 16)); then
        while IFS= read -r offered; do
            COMPREPLY+=("$prefix$offered")
        done < <(compgen -d -- "$cur")
    fi

    # What stands before the last "=" or ":" is not replaced.
    cur=$prefix$cur
    for value in = :; do
        if [[ $cur == *$value* && $COMP_WORDBREAKS == *$value* ]]; then
            before=${cur%"${cur##*$value}"}
            COMPREPLY=("${COMPREPLY[@]#"$before"}")
        fi
    done

    if type compopt >/dev/null 2>&1; then # not in bash 3.2
        ((directive & 2)) && compopt -o nospace
        ((directive & 4)) && compopt +o default
        ((directive & 16)) && compopt -o filenames
    fi
}

complete -o default -F _ferry ferry

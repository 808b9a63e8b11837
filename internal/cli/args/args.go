// Package args takes arguments of the command line from a variable of the environment.
package args

import (
	"errors"
	"fmt"
	"strings"

	"ferry/internal/app"
)

// Option takes arguments from a variable, so that a CI system needs no
// shell to split what people write there. It stands for these arguments.
const Option = "--args-from-env"

// Expand replaces [Option] and the name of its variable by the arguments in that
// variable. What is in it is never expanded again.
func Expand(args []string, getenv func(string) string) ([]string, error) {
	var all []string
	for i := 0; i < len(args); i++ {
		name, given := strings.CutPrefix(args[i], Option+"=")
		switch {
		case args[i] == "--":
			return append(all, args[i:]...), nil
		case args[i] == Option && i+1 < len(args):
			i++
			name, given = args[i], true
		case args[i] == Option:
			return nil, app.Usage(errors.New(Option+" needs the name of a variable"), "as in: ferry deploy "+Option+" FERRY_ARGS")
		}
		if !given {
			all = append(all, args[i])
			continue
		}
		words, err := Split(getenv(name))
		if err != nil {
			return nil, app.Usage(fmt.Errorf("the arguments in %s: %w", name, err), "quotes come in pairs, as in: --exclude 'a b'")
		}
		all = append(all, words...)
	}
	return all, nil
}

// Split splits text into words as xargs does: at white space, except between quotes and
// after a backslash. Nothing else has a meaning.
func Split(text string) (words []string, err error) {
	var word strings.Builder
	inWord := false
	end := func() {
		if inWord {
			words = append(words, word.String())
			word.Reset()
			inWord = false
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ', '\t', '\n', '\r':
			end()
		case '\'', '"':
			closing := strings.IndexByte(text[i+1:], c)
			if closing < 0 {
				return nil, fmt.Errorf("there is no second %c", c)
			}
			word.WriteString(text[i+1 : i+1+closing])
			i += closing + 1
			inWord = true
		case '\\':
			if i++; i == len(text) {
				return nil, errors.New("nothing follows the backslash at its end")
			}
			word.WriteByte(text[i])
			inWord = true
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	end()
	return words, nil
}

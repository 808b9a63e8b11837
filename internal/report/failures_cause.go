package report

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
)

// key returns what failures of one cause have in common, and that cause in words; "": the
// failure knows no more than its kind.
func (one failure) key() (key, detail string) {
	switch detail = causeIn(one.cause, one.action.Path); {
	case errors.As(one.err, new(*sync.NotTriedError)):
		return "not tried", ""
	case errors.Is(one.err, sync.ErrFull):
		detail = strings.TrimPrefix(strings.TrimPrefix(detail, sync.ErrFull.Error()), ": ")
		return fmt.Sprint("full ", one.action.Side), detail
	}
	return fmt.Sprint(one.action.Side, " ", numbers.ReplaceAllStringFunc(detail, func(n string) string {
		if len(n) == len("550") {
			return n // most likely the code of a reply
		}
		return "0"
	})), detail
}

// numbers matches what may differ in two messages that mean the same.
var numbers = regexp.MustCompile(`\d+`)

// causeIn returns a message about path with "…" where it names the path or its last
// component, with whatever stands before it in one word.
func causeIn(message string, path manifest.Path) string {
	message = text.Clean(message)
	for _, op := range []sync.StepOp{sync.Put, sync.MkDir, sync.Move, sync.Remove, sync.RmDir} {
		message = strings.TrimPrefix(message, text.Clean(fmt.Sprintf("%s %s: ", op, path)))
	}
	for _, name := range []string{text.Clean(string(path)), text.Clean(path.Base())} {
		message = withoutName(message, name)
	}
	return message
}

// withoutName puts "…" in place of each name that stands in message by itself.
func withoutName(message, name string) string {
	if name == "" {
		return message
	}
	var b strings.Builder
	for {
		i := strings.Index(message, name)
		if i < 0 {
			return b.String() + message
		}
		before, _ := utf8.DecodeLastRuneInString(message[:i])
		after, _ := utf8.DecodeRuneInString(message[i+len(name):])
		if isWord(before) || isWord(after) {
			b.WriteString(message[:i+len(name)])
		} else {
			start := i
			if before == '/' || before == '\\' {
				start = strings.LastIndexAny(message[:i], " \"'(<[") + 1
			}
			b.WriteString(message[:start] + "…")
		}
		message = message[i+len(name):]
	}
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}

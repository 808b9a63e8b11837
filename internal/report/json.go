package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"

	"ferry/manifest"
	"ferry/sync"
)

// WriteJSON writes v as one line of JSON.
func WriteJSON(w io.Writer, v any) {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
	_, _ = w.Write(controls.ReplaceAllFunc(line.Bytes(), escapeControl))
}

// controls matches the control characters that JSON may hold as they are, and
// that a terminal may take for commands.
var controls = regexp.MustCompile("[\x7f-\u009f]")

func escapeControl(c []byte) []byte {
	r, _ := utf8.DecodeRune(c)
	return fmt.Appendf(nil, `\u%04x`, r)
}

type jsonError struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	Error   string `json:"error"`
	Hint    string `json:"hint,omitempty"`
	Exit    int    `json:"exit"`
}

// WriteError writes the JSON line of an error that ended a pass or the program.
func WriteError(w io.Writer, profile string, err error, v Verdict) {
	WriteJSON(w, jsonError{"error", profile, err.Error(), v.Hint(err), v.Exit(sync.Summary{}, err)})
}

// A Path is a path in JSON, which cannot hold one that is not UTF-8: then its bytes
// stand beside it in base64, and the text is only for people.
type Path struct {
	Text  string `json:"path"`
	Bytes []byte `json:"path_base64,omitempty"`
}

// PathOf returns p for JSON.
func PathOf(p manifest.Path) Path {
	if utf8.ValidString(string(p)) {
		return Path{Text: string(p)}
	}
	return Path{string(p), []byte(p)}
}

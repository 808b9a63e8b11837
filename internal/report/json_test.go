package report

import (
	"bytes"
	"encoding/json"
	"testing"
)

// What a server or a name holds must not reach a terminal as commands for it.
func TestJSONHoldsNoControls(t *testing.T) {
	const name = "a\x1b[31m\u009b31m\x7f\u0085é\u00a0\"\\ü"
	var out bytes.Buffer
	WriteJSON(&out, map[string]string{"name": name})
	for _, r := range out.String() {
		if r != '\n' && (r < ' ' || 0x7f <= r && r < 0xa0) {
			t.Errorf("%q is in %q", r, out.String())
		}
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["name"] != name {
		t.Errorf("%q came back as %q, %v", name, back["name"], err)
	}
}

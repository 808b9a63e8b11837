package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestSecretIsHidden prints a password in every way that comes to mind, as a
// field too, exported and not.
func TestSecretIsHidden(t *testing.T) {
	const password = "hunter2"
	type holder struct {
		Shown  Secret
		hidden Secret // no method of it is called when it is printed
	}
	p, err := Pair("x", "ftp://u:"+password+"@h", "/", "/")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	for _, v := range []any{Literal(password), holder{Literal(password), Literal(password)}, p, *p, login{Password: Literal(password)}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			text := fmt.Sprintf(verb, v)
			if strings.Contains(text, password) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", password)) {
				t.Errorf("%s of %T shows the password: %s", verb, v, text)
			}
		}
		logger.Info("x", "v", v)
	}
	text, err := json.Marshal([]any{Literal(password), holder{Shown: Literal(password)}, p})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text)+log.String(), password) {
		t.Errorf("JSON or log show the password: %s %s", text, log.String())
	}
}

func TestSecretString(t *testing.T) {
	for _, c := range []struct {
		secret Secret
		want   string
	}{
		{Secret{}, ""},
		{Literal("x"), "hidden"},
		{hide(held{kind: secretEnv, text: "A"}), "env A"},
		{hide(held{kind: secretFile, text: "/a"}), "file /a"},
		{hide(held{kind: secretCommand, text: "echo x"}), "command"},
		{hide(held{kind: secretKeyring, text: "k"}), "keyring k"},
	} {
		if got := c.secret.String(); got != c.want || c.secret.IsZero() != (c.want == "") {
			t.Errorf("%q, want %q", got, c.want)
		}
		if got := fmt.Sprintf("%#v", c.secret); got != "config.Secret("+c.want+")" {
			t.Errorf("%%#v is %s", got)
		}
	}
}

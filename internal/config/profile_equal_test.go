package config

import (
	"strings"
	"testing"
)

func TestEqual(t *testing.T) {
	const text = `
defaults: {connections: 3}
profiles:
  site:
    local: ./public
    remote: ftp://ann@example.com/www
    password: %s
    poll: 1m
    active-ports: 5000-5001
    ignore: |
      *.map
    hooks: {after: "echo done"}
`
	read := func(edit ...string) *Profile {
		t.Helper()
		s := strings.NewReplacer(edit...).Replace(strings.Replace(text, "%s", "geheim", 1))
		f, err := Parse("ferry.yaml", []byte(s), "/etc/ferry.yaml", "/home/ann")
		if err != nil {
			t.Fatal(err)
		}
		return f.Profiles[0]
	}
	if !read().Equal(read()) {
		t.Error("the same text gives profiles that differ")
	}
	for _, edit := range [][]string{
		{"site:", "page:"},
		{"./public", "./private"},
		{"example.com", "example.org"},
		{"geheim", "anders"},
		{"geheim", "{env: PASS}"},
		{"    password: geheim\n", ""},
		{"poll: 1m", "poll: 2m"},
		{"5000-5001", "5000-5002"},
		{"*.map", "*.tmp"},
		{"echo done", "echo"},
		{"connections: 3", "connections: 4"},
	} {
		if read().Equal(read(edit...)) || read(edit...).Equal(read()) {
			t.Errorf("%q: the profiles count as equal", edit)
		}
	}
}

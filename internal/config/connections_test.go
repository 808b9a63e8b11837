package config

import "testing"

// TestConnections holds that a profile can leave to ferry what its defaults limit.
func TestConnections(t *testing.T) {
	for text, want := range map[string]int{"1": 1, "256": 256, "auto": 0} {
		if got, err := ParseConnections(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "257", "many", "AUTO", "4.5"} {
		if got, err := ParseConnections(text); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
	file, err := parse("defaults: {connections: 3}\nprofiles:\n  a: {local: /a, remote: ftp://h/a}\n  b: {local: /b, remote: ftp://h/b, connections: auto}\n")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{3, 0} {
		if got := file.Profiles[i].Connections; got != want {
			t.Errorf("profile %d has %d connections, want %d", i, got, want)
		}
	}
}

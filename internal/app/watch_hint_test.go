package app

import (
	"testing"

	"ferry/internal/config"
	"ferry/sync"
)

// TestWatchHint holds that a watch does not tell to run again with an option that it refuses.
func TestWatchHint(t *testing.T) {
	const hint = `look at the plan with "ferry status"; if it is right, run again with --allow-deletes, or raise --max-delete`
	direct, err := config.Pair("my $site", "ftp://u:secret@h/www", "/home", "/home")
	if err != nil {
		t.Fatal(err)
	}
	profile := config.NewProfile("site")
	pushed := *direct
	pushed.Direction = sync.Push
	for _, c := range []struct {
		pair         *Pair
		status, want string
	}{
		{&Pair{Profile: profile}, "site", `"ferry sync site --allow-deletes"`},
		{&Pair{Profile: profile, configFile: "/etc/my ferry.yaml"}, "site --config '/etc/my ferry.yaml'",
			`"ferry sync site --config '/etc/my ferry.yaml' --allow-deletes"`},
		{&Pair{Profile: &pushed, Direct: true}, `'/home/my $site' ftp://u@h/www --direction push`, `"ferry push '/home/my $site' ftp://u@h/www --allow-deletes"`},
		{&Pair{Profile: direct, Direct: true}, `'/home/my $site' ftp://u@h/www`, `"ferry sync '/home/my $site' ftp://u@h/www --allow-deletes"`},
	} {
		want := `look at the plan with "ferry status ` + c.status + `"; if it is right, type ` + c.want + ` beside the watch, or raise --max-delete`
		if got := watchHint(hint, c.pair); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if got := watchHint("is the address right?", &Pair{Profile: profile}); got != "is the address right?" {
		t.Errorf("another hint became %q", got)
	}
}

package cli

import (
	"testing"

	"ferry/internal/config"

	"github.com/spf13/pflag"
)

// TestFollowLinksOverCopy holds that --follow-links takes the place of links: copy.
func TestFollowLinksOverCopy(t *testing.T) {
	for arg, follow := range map[string]bool{"--follow-links": true, "--follow-links=false": false} {
		var flags passFlags
		set := pflag.NewFlagSet("sync", pflag.ContinueOnError)
		flags.register(set)
		if err := set.Parse([]string{arg}); err != nil {
			t.Fatal(err)
		}
		p := config.NewProfile("site")
		p.SetLinks(config.CopyLinks)
		flags.over(p)
		if p.FollowLinks != follow || p.CopyLinks == follow {
			t.Errorf("%s: follow %v, copy %v", arg, p.FollowLinks, p.CopyLinks)
		}
	}
}

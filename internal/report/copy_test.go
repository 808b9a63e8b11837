package report

import (
	"testing"
	"time"

	"ferry/sync"
)

func TestCopyWords(t *testing.T) {
	s := sync.Summary{Uploaded: 2, BytesUp: 2048, DeletedRemote: 1, MadeDirs: 1, Seconds: 1}
	for _, c := range []struct {
		head Head
		want string
	}{
		{Head{}, "up 2 files 2.0 kB, deleted 1 remote, directories made 1, 1.0 s"},
		{Head{Copy: true}, "copied 2 files 2.0 kB, deleted 1, directories made 1, 1.0 s"},
	} {
		if got := c.head.words(summaryText(s)); got != c.want {
			t.Errorf("%+v: %q, want %q", c.head, got, c.want)
		}
	}
	if got := (Head{Copy: true}).side(sync.Remote); got != "target" {
		t.Errorf("the remote side is called %q", got)
	}
}

func TestCopyNamesWhatIsListed(t *testing.T) {
	p := phase{copy: true}
	p.set("listing both sides", time.Now)
	p.listed(sync.Scanned{Side: sync.Local, Files: 2})
	if got := p.text(); got != "listing the target (2 files at the source)" {
		t.Error(got)
	}
}

package config

import (
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/sync"
)

func TestParseMaxDelete(t *testing.T) {
	for s, want := range map[string]sync.Limits{
		"25":   {MaxDeletes: 25, MaxDeletePercent: -1},
		"0":    {MaxDeletes: 0, MaxDeletePercent: -1},
		"30%":  {MaxDeletes: -1, MaxDeletePercent: 30},
		"30 %": {MaxDeletes: -1, MaxDeletePercent: 30},
		"0%":   {MaxDeletes: -1, MaxDeletePercent: 0},
		"100%": {MaxDeletes: -1, MaxDeletePercent: 100},
	} {
		if got, err := ParseMaxDelete(s); err != nil || got != want {
			t.Errorf("%q is %+v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "%", "-1", "101%", "1.5", "ten", "99999999999", "5%%"} {
		if got, err := ParseMaxDelete(s); err == nil {
			t.Errorf("%q is %+v, want an error", s, got)
		}
	}
}

func TestParseRate(t *testing.T) {
	for _, c := range []struct {
		s        string
		up, down int64
	}{
		{"2MiB:10MiB", 2 << 20, 10 << 20},
		{"500KB", 500_000, 500_000},
		{"500 kB/s", 500_000, 500_000},
		{"1.5MiB", 3 << 19, 3 << 19},
		{"100", 100, 100},
		{"1M:", 1_000_000, 0},
		{":1M", 0, 1_000_000},
		{"off:1k", 0, 1000},
		{"unlimited", 0, 0},
		{"0", 0, 0},
		{"", 0, 0},
	} {
		if up, down, err := ParseRate(c.s); err != nil || up != c.up || down != c.down {
			t.Errorf("%q is %d up, %d down, %v", c.s, up, down, err)
		}
	}
	for _, s := range []string{"fast", "-1", "1MiB:2MiB:3MiB", "1:x", "1XB", "99999999999EB", "NaN", "1e3"} {
		if up, down, err := ParseRate(s); err == nil {
			t.Errorf("%q is %d up, %d down, want an error", s, up, down)
		}
	}
}

func TestParseSize(t *testing.T) {
	for s, want := range map[string]int64{"1GiB": 1 << 30, "500 MB": 500_000_000, "7": 7, "unlimited": 0} {
		if got, err := ParseSize(s); err != nil || got != want {
			t.Errorf("%q is %d, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "0", "-1", "much", "9EiB", "1GiB:2GiB"} {
		if got, err := ParseSize(s); err == nil {
			t.Errorf("%q is %d, want an error", s, got)
		}
	}
}

func TestParsePorts(t *testing.T) {
	for s, want := range map[string][2]int{"50000-50100": {50000, 50100}, "2000": {2000, 2000}, "1 - 65535": {1, 65535}} {
		if got, err := ParsePorts(s); err != nil || got != want {
			t.Errorf("%q is %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "-", "0", "0-5", "5-", "-5", "65536", "5-4", "a-b", "1-2-3"} {
		if got, err := ParsePorts(s); err == nil {
			t.Errorf("%q is %v, want an error", s, got)
		}
	}
}

func TestParseFingerprint(t *testing.T) {
	want := strings.Repeat("0a", 32)
	for _, s := range []string{want, "sha256:" + want, "SHA256:" + strings.ToUpper(want), strings.TrimSuffix(strings.Repeat("0A:", 32), ":"), " " + want + " "} {
		if got, err := ParseFingerprint(s); err != nil || got != want {
			t.Errorf("%q is %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "sha256:", want[1:], want + "00", "sha1:" + want[:40], strings.Repeat("zz", 32)} {
		if got, err := ParseFingerprint(s); err == nil {
			t.Errorf("%q is %q, want an error", s, got)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{"30s": 30 * time.Second, "1m30s": 90 * time.Second, "30d": 720 * time.Hour, "500ms": 500 * time.Millisecond} {
		if got, err := ParseDuration(s); err != nil || got != want {
			t.Errorf("%q is %v, %v", s, got, err)
		}
	}
	for s, want := range map[string]string{
		"30":     "30 has no unit: write 30s for seconds",
		"0":      `"0" is not a positive duration, such as 30s, 5m or 1h30m`,
		"0s":     `"0s" is not a positive duration, such as 30s, 5m or 1h30m`,
		"-5s":    `"-5s" is not a positive duration, such as 30s, 5m or 1h30m`,
		"":       `"" is not a positive duration, such as 30s, 5m or 1h30m`,
		"0d":     `"0d" is not a positive duration, such as 30s, 5m or 1h30m`,
		"soon":   `"soon" is not a positive duration, such as 30s, 5m or 1h30m`,
		"99999d": `"99999d" is not a positive duration, such as 30s, 5m or 1h30m`,
	} {
		if got, err := ParseDuration(s); err == nil || err.Error() != want {
			t.Errorf("%q is %v, %v, want %s", s, got, err, want)
		}
	}
}

func TestParseSwitch(t *testing.T) {
	for s, want := range map[string]bool{"on": true, "Yes": true, "true": true, "off": false, "NO": false, "false": false} {
		if got, err := ParseSwitch(s); err != nil || got != want {
			t.Errorf("%q is %v, %v", s, got, err)
		}
		if got, err := ParsePipeline(s); err != nil || (got == ftp.PipelineOn) != want {
			t.Errorf("pipeline %q is %v, %v", s, got, err)
		}
	}
	for s, want := range map[string]string{"auto": "auto", "on": "on", "off": "off", "yes": "on", "No": "off"} {
		if got, err := ParseCompress(s); err != nil || got.String() != want {
			t.Errorf("compress %q is %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "gzip", "Auto"} {
		if _, err := ParseCompress(s); err == nil || !strings.Contains(err.Error(), "auto, on, off") {
			t.Errorf("%q is a setting of compress: %v", s, err)
		}
	}
	for _, s := range []string{"", "1", "0", "maybe", "y"} {
		if _, err := ParseSwitch(s); err == nil {
			t.Errorf("%q is a switch", s)
		}
		if _, err := ParsePipeline(s); err == nil {
			t.Errorf("%q is a setting of the pipeline", s)
		}
	}
}

// TestRatesFit: what the library reads must fit what ferry counts in.
func TestRatesFit(t *testing.T) {
	if up, _, err := ParseRate("7EiB"); err != nil || up != 7<<60 {
		t.Errorf("7EiB is %d, %v", up, err)
	}
	if up, _, err := ParseRate("9EiB"); err == nil {
		t.Errorf("9EiB is %d", up)
	}
}

//go:build linux

package transcript

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// replaced are the parts of commands that differ from run to run.
var replaced = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`^PASS .*`), "PASS <password>"},
	{regexp.MustCompile(`^EPRT \|1\|127\.0\.0\.1\|\d+\|$`), "EPRT |1|<address>|<port>|"},
	{regexp.MustCompile(`^PORT 127,0,0,1,\d+,\d+$`), "PORT <address>,<port>"},
	{regexp.MustCompile(`/\.ferry/lock-[A-Z2-7]{12}\b`), "/.ferry/lock-<token>"},
	{regexp.MustCompile(`(/\.ferry/lock(?:-<token>)?)/[0-9a-f]{16}-[0-9a-f]{8}\b`), "$1/<owner>"},
	{regexp.MustCompile(`/\.ferry/probe-[a-z2-7]{8}\b`), "/.ferry/probe-<random>"},
	{regexp.MustCompile(`/\.ferry/trash-[0-9a-f]{32}\b`), "/.ferry/trash-<random>"},
	{regexp.MustCompile(`/\.ferry/trash(-<random>)?/\d{8}-\d{6}\b`), "/.ferry/trash$1/<time>"},
	{regexp.MustCompile(`(\.sync-conflict-\d{8}-\d{6}-(?:local|remote))-[0-9a-f]{6}\b`), "$1-<hash>"},
}

var tempName = regexp.MustCompile(`\.?ferry-[0-9a-f]{48}\.part`)

// normalize makes text of what was recorded, without what differs from run to run, one connection after the other: whether
// one was closed before the next was opened cannot be seen from outside.
func normalize(lines []line) string {
	lines = withoutSweep(slices.Clone(lines))
	slices.SortStableFunc(lines, func(a, b line) int { return a.session - b.session })
	several := slices.ContainsFunc(lines, func(l line) bool { return l.session > 1 })
	var temps []string
	var b strings.Builder
	for _, l := range lines {
		text := l.text
		for _, r := range replaced {
			text = r.pattern.ReplaceAllString(text, r.by)
		}
		text = tempName.ReplaceAllStringFunc(text, func(name string) string {
			i := slices.Index(temps, name)
			if i < 0 {
				i = len(temps)
				temps = append(temps, name)
			}
			return fmt.Sprintf("<temp %d>", i+1)
		})
		ahead := ""
		if l.ahead > 0 {
			ahead = fmt.Sprintf("+%d", l.ahead)
		}
		if several {
			fmt.Fprintf(&b, "%d: ", l.session)
		}
		fmt.Fprintf(&b, "%3s %s", ahead, text)
		if l.refused > 0 {
			fmt.Fprintf(&b, "  -> %d", l.refused)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// withoutSweep leaves out the look for the remains of old locks, which one pass in sixteen makes when it has released its
// own lock: it lists ferry's own directory. So does the look into the trash that follows, but where the server can tell
// that, it asks first whether there is such a directory.
func withoutSweep(lines []line) []line {
	own := root + "/.ferry"
	verb := func(i int) string {
		word, _, _ := strings.Cut(lines[i].text, " ")
		return word
	}
	released := false
	for i := 0; i < len(lines); i++ {
		switch lines[i].text {
		case "RMD " + own + "/lock":
			released = true
		case "MLST " + own, "SIZE " + own:
			released = false
		}
		if !released || lines[i].text != "CWD "+own {
			continue
		}
		end := i + 1
		for end < len(lines) && slices.Contains([]string{"EPSV", "PASV", "EPRT", "PORT", "REST"}, verb(end)) {
			end++
		}
		if end < len(lines) && (verb(end) == "MLSD" || verb(end) == "LIST") {
			lines = slices.Delete(lines, i, end+1)
			i--
		}
	}
	return lines
}

// mostHeld is less than the second after which a pass begins to write into its lock.
const mostHeld = 900 * time.Millisecond

// heldLong reports whether the pass held its lock for so long that it may have begun to write into it.
func heldLong(lines []line) bool {
	var taken time.Time
	for _, l := range lines {
		switch {
		case l.text == "RNTO "+root+"/.ferry/lock":
			taken = l.at
		case !taken.IsZero() && l.at.Sub(taken) > mostHeld:
			return true
		case l.text == "RMD "+root+"/.ferry/lock":
			return false
		}
	}
	return false
}

// count returns how many commands of each kind there are about what is in a directory. How often SITE is tried depends on
// whether another connection already knows that the server refuses it.
func count(lines []line, dir string) string {
	times := make(map[string]int)
	for _, l := range lines {
		if verb, rest, _ := strings.Cut(l.text, " "); strings.Contains(rest, dir) && verb != "SITE" {
			times[verb]++
		}
	}
	var b strings.Builder
	for _, verb := range slices.Sorted(maps.Keys(times)) {
		fmt.Fprintf(&b, "%5d %s\n", times[verb], verb)
	}
	return b.String()
}

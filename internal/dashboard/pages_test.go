package dashboard_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"ferry/internal/dashboard"
	"ferry/internal/dashboard/dashboardtest"
)

// see loads a page, which must hold some texts and no secret.
func (b *browser) see(path string, want ...string) string {
	b.t.Helper()
	status, text := b.get(b.at + path)
	b.check(path, status, text, want...)
	return text
}

func (b *browser) check(path string, status int, text string, want ...string) {
	b.t.Helper()
	if status != http.StatusOK {
		b.t.Errorf("%s: %d %.300s", path, status, text)
	}
	for _, w := range want {
		if !strings.Contains(html.UnescapeString(text), w) {
			b.t.Errorf("%s lacks %q:\n%s", path, w, text)
		}
	}
	if strings.Contains(text, dashboardtest.Password) {
		b.t.Errorf("%s has the password of the server", path)
	}
}

// hidden returns the value of the first hidden input of a page.
func (b *browser) hidden(text, name string) string {
	b.t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(text)
	if found == nil {
		b.t.Fatalf("there is no %s:\n%s", name, text)
	}
	return found[1]
}

// inSync waits until the page says so.
func (b *browser) inSync(key string) {
	b.t.Helper()
	dashboardtest.Until(b.t, "in sync", func() bool {
		_, text := b.get(b.at + "pair?key=" + key)
		return strings.Contains(text, `data-state="idle"`) && strings.Contains(text, `data-field="words">in sync<`)
	})
}

// halted waits until a pair is halted, for a reason that the page tells.
func (b *browser) halted(key, why string) {
	b.t.Helper()
	dashboardtest.Until(b.t, "halted: "+why, func() bool {
		_, text := b.get(b.at + "pair?key=" + key)
		return strings.Contains(text, `data-state="halted"`) && strings.Contains(text, why)
	})
}

// startFive starts a watch of the pair "site" with five files, and waits until they are in sync.
func startFive(t *testing.T, profile, content string) (*dashboardtest.Rig, *browser, string) {
	t.Helper()
	rig := dashboardtest.Start(t, profile, func(r *dashboardtest.Rig) {
		for i := range 5 {
			dashboardtest.Write(t, filepath.Join(r.Local("site"), fmt.Sprintf("f%d.txt", i)), content)
		}
	}, "site")
	b, key := newBrowser(t, rig.Page), rig.Key("site")
	b.inSync(key)
	return rig, b, key
}

// What is known of a pair is on its pages: state, settings with their lines, history, what
// both sides hold, the way data connections open.
func TestPages(t *testing.T) {
	rig := dashboardtest.Start(t, "hooks:\n    after: \"true tok3n\"", func(r *dashboardtest.Rig) {
		dashboardtest.Write(t, filepath.Join(r.Local("site"), "css/a.css"), "body {}")
		dashboardtest.Write(t, filepath.Join(r.Remote("site"), "b.txt"), "hello")
	}, "site")
	b, key := newBrowser(t, rig.Page), rig.Key("site")
	b.inSync(key)
	b.see("", "All pairs", "site", "in sync", rig.Local("site"), "both ways")
	b.see("pair?key="+key, "uploaded css/a.css", "downloaded b.txt", "Look now", "EPSV, clear text")
	b.see("pair?key="+key+"&q=CSS", "uploaded css/a.css")
	if text := b.see("pair?key=" + key + "&q=nothing-like-it"); strings.Contains(text, "b.txt") || !strings.Contains(text, "Nothing is recorded of such a path") {
		t.Errorf("a search: %s", text)
	}
	settings := b.see("settings?key="+key, filepath.Join(rig.Dir, "ferry.yaml"), "poll", "300ms", "(not shown)", "./local/site")
	if strings.Contains(settings, "tok3n") {
		t.Errorf("a hook is shown: %s", settings)
	}
	b.see("check?key="+key, "EPSV", "229 ", "round trip", "from the client to the server")
	b.see("trash?key="+key, "The trash is empty")
	b.see("conflicts?key="+key, "No conflicts")
	b.see("plan?key="+key, "Nothing keeps this pass from being made")
	b.inSync(key) // the watch has it back
	b.see("held?key="+key, "2 files of 12 B here, 2 files of 12 B on the server")
	b.see("history?key="+key, "uploaded css/a.css")
	var plots map[string]struct {
		Times, Changes, Bytes []int64
		Said                  string
	}
	if err := json.Unmarshal([]byte(b.see("plot?key="+key)), &plots); err != nil || len(plots["hour"].Times) != 60 || len(plots["month"].Times) != 30 {
		t.Fatalf("%v, %+v", err, plots)
	}
	if rig.Pairs[0].Verify {
		t.Error("a page has changed the settings of the watch")
	}
	if said := plots["hour"].Said; !strings.Contains(said, "3 changes, 12 B") { // with the directory
		t.Error(said)
	}
}

// following counts the goroutines that follow a watch, on both ends of the socket.
func following() int {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return bytes.Count(stacks, []byte("dashboard.(*hub).follow(")) + bytes.Count(stacks, []byte("daemon.(*server).follow("))
}

// A change is told within a moment to a page that is open, and a page that is closed is
// not worked for.
func TestEvents(t *testing.T) {
	rig := dashboardtest.Start(t, "", nil, "site")
	b, key := newBrowser(t, rig.Page), rig.Key("site")
	b.inSync(key)
	answer, err := b.client.Get(b.base + b.at + "events")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	next := func(what string, is func(dashboard.View) bool) {
		t.Helper()
		for lines.Scan() {
			var v dashboard.View
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if ok && json.Unmarshal([]byte(data), &v) == nil && v.Key == key && is(v) {
				return
			}
		}
		t.Fatalf("the events ended before %s: %v", what, lines.Err())
	}
	next("the first state", func(v dashboard.View) bool { return v.State == "idle" && v.Fields["name"] == "site" })
	dashboardtest.Write(t, filepath.Join(rig.Local("site"), "new.txt"), "text")
	next("the change", func(v dashboard.View) bool { return strings.Contains(v.Fields["change"], "up 1 file") })
	if status, text := b.do(key, "pause", nil); status != 200 || !strings.Contains(text, "Paused.") {
		t.Errorf("%d %s", status, text)
	}
	next("the pause", func(v dashboard.View) bool { return v.State == "paused" && v.Can["resume"] && !v.Can["pause"] })
	b.do(key, "resume", nil)
	next("the end of the pause", func(v dashboard.View) bool { return v.State == "idle" && v.Can["pause"] })
	b.do(key, "look", nil)
	if following() == 0 {
		t.Error("nobody follows the watch")
	}
	rig.StopWatch()
	next("the end of the watch", func(v dashboard.View) bool { return v.State == "unwatched" && v.Fields["name"] == "site" })
	b.see("", "not watched", "ferry watch site")
	if _, text := b.do(key, "look", nil); !strings.Contains(text, "No process watches this pair") {
		t.Errorf("%s", text)
	}
}

// A page that was hidden for a while, and does not follow then, is told of the watch that ended
// in that time.
func TestEventsAfterBreak(t *testing.T) {
	rig := dashboardtest.Start(t, "", func(r *dashboardtest.Rig) {
		dashboardtest.Write(t, filepath.Join(r.Local("site"), "a.txt"), "text")
	}, "site")
	b, key := newBrowser(t, rig.Page), rig.Key("site")
	b.inSync(key)
	told := func() (views []string) {
		t.Helper()
		answer, err := b.client.Get(b.base + b.at + "events")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			var v dashboard.View
			var keys []string
			switch {
			case !ok:
			case json.Unmarshal([]byte(data), &v) == nil:
				views = append(views, v.Key+" "+v.State)
			case json.Unmarshal([]byte(data), &keys) == nil:
				return append(views, keys...)
			}
		}
		t.Fatal("the events ended before all pairs were told of")
		return nil
	}
	if got := fmt.Sprint(told()); got != fmt.Sprintf("[%s idle %[1]s]", key) {
		t.Error(got)
	}
	rig.StopWatch()
	if got := fmt.Sprint(told()); got != fmt.Sprintf("[%s unwatched %[1]s]", key) {
		t.Error(got)
	}
	if err := os.RemoveAll(filepath.Join(rig.StateDir, "history")); err != nil {
		t.Fatal(err)
	}
	if got := told(); len(got) != 0 {
		t.Error(got)
	}
}

// With no page open nothing is followed.
func TestNobodyLooks(t *testing.T) {
	rig := dashboardtest.Start(t, "", nil, "site")
	b := newBrowser(t, rig.Page)
	b.inSync(rig.Key("site"))
	if n := following(); n > 0 {
		t.Errorf("before a page is open %d goroutines follow", n)
	}
	answer, err := b.client.Get(b.base + b.at + "events")
	if err != nil {
		t.Fatal(err)
	}
	dashboardtest.Until(t, "the watch is followed", func() bool { return following() == 2 })
	_ = answer.Body.Close()
	dashboardtest.Until(t, "nothing is followed", func() bool { return following() == 0 })
}

// A conflict is shown side by side and settled with the version that was chosen; one that
// has changed since is left alone.
func TestSettle(t *testing.T) {
	rig := dashboardtest.Start(t, "conflict: skip", func(r *dashboardtest.Rig) {
		dashboardtest.Write(t, filepath.Join(r.Local("site"), "a.txt"), "one\nmine\n")
		dashboardtest.Write(t, filepath.Join(r.Remote("site"), "a.txt"), "one\ntheirs, and longer\n")
	}, "site")
	b, key := newBrowser(t, rig.Page), rig.Key("site")
	dashboardtest.Until(t, "a conflict", func() bool { _, text := b.get(b.at); return strings.Contains(text, "conflict waits") })
	text := b.see("conflicts?key="+key, "a.txt", "-mine", "+theirs, and longer", "here", "on the server", "Keep both")
	stale := b.hidden(text, "id")
	dashboardtest.Write(t, filepath.Join(rig.Local("site"), "a.txt"), "one\nmine again\n")
	if _, text := b.do(key, "settle", url.Values{"id": {stale}, "keep": {"remote"}}); !strings.Contains(text, "nothing was done") {
		t.Errorf("a conflict with another version: %s", text)
	}
	if _, text := b.do(key, "settle", url.Values{"id": {stale}, "keep": {"neither"}}); !strings.Contains(html.UnescapeString(text), `"neither" is none of`) {
		t.Errorf("another word: %s", text)
	}
	id := b.hidden(b.see("conflicts?key="+key, "mine again"), "id")
	if _, text := b.do(key, "settle", url.Values{"id": {id}, "keep": {"remote"}}); !strings.Contains(text, "The next pass carries it") || !strings.Contains(text, "No conflicts") {
		t.Errorf("settling: %s", text)
	}
	for _, side := range []string{rig.Local("site"), rig.Remote("site")} {
		dashboardtest.Until(t, side, func() bool { return dashboardtest.Holds(filepath.Join(side, "a.txt"), "one\ntheirs, and longer\n") })
	}
}

// Pictures are shown where a browser can run nothing in them, and other files are not.
func TestPictures(t *testing.T) {
	png, _ := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	rig := dashboardtest.Start(t, "conflict: skip", func(r *dashboardtest.Rig) {
		for _, name := range []string{"a.png", "b.svg", "c.bin"} {
			content := map[string]string{"a.png": string(png), "b.svg": "<svg onload='alert(1)'/>\x00", "c.bin": "\x00\x01\xff"}[name]
			dashboardtest.Write(t, filepath.Join(r.Local("site"), name), content)
			dashboardtest.Write(t, filepath.Join(r.Remote("site"), name), content+"\x00more")
		}
	}, "site")
	b, key := newBrowser(t, rig.Page), rig.Key("site")
	dashboardtest.Until(t, "conflicts", func() bool { _, text := b.get(b.at); return strings.Contains(text, "conflicts wait") })
	text := b.see("conflicts?key=" + key)
	if n := strings.Count(text, `<img src="data:image/png;base64,`); n != 2 || strings.Count(text, "<img src=\"data:") != 2 {
		t.Errorf("%d pictures: %s", n, text)
	}
	if n := strings.Count(text, "no text and no picture") + strings.Count(text, "it is not text"); n != 4 {
		t.Errorf("%d are not shown: %s", n, text)
	}
}

// A file that is too large is said to be, and the other version shows nevertheless.
func TestLargeConflict(t *testing.T) {
	rig := dashboardtest.Start(t, "conflict: skip", func(r *dashboardtest.Rig) {
		dashboardtest.Write(t, filepath.Join(r.Local("site"), "a.gif"), "GIF89a\x00 and more")
		dashboardtest.Write(t, filepath.Join(r.Remote("site"), "a.gif"), strings.Repeat("GIF89a", 1<<20))
	}, "site")
	b, key := newBrowser(t, rig.Page), rig.Key("site")
	dashboardtest.Until(t, "a conflict", func() bool { _, text := b.get(b.at); return strings.Contains(text, "conflict waits") })
	if text := b.see("conflicts?key="+key, "it is large", "data:image/gif;base64,"); strings.Contains(text, "too many") {
		t.Error(text)
	}
}

// What was deleted comes back.
func TestRestore(t *testing.T) {
	rig := dashboardtest.Start(t, "", func(r *dashboardtest.Rig) {
		dashboardtest.Write(t, filepath.Join(r.Local("site"), "a.txt"), "precious")
		dashboardtest.Write(t, filepath.Join(r.Local("site"), "b.txt"), "more")
	}, "site")
	b, key := newBrowser(t, rig.Page), rig.Key("site")
	b.inSync(key)
	there := filepath.Join(rig.Remote("site"), "a.txt")
	if err := os.Remove(filepath.Join(rig.Local("site"), "a.txt")); err != nil {
		t.Fatal(err)
	}
	dashboardtest.Until(t, "the deletion", func() bool { _, err := os.Stat(there); return os.IsNotExist(err) })
	b.inSync(key)
	id := b.hidden(b.see("trash?key="+key, "a.txt", "remote", "8 B"), "id")
	if text := b.see("trash?key="+key+"&q=A.T", "a.txt"); strings.Contains(text, "nothing of such a path") {
		t.Error(text)
	}
	b.see("trash?key="+key+"&q=none", "nothing of such a path")
	if _, text := b.do(key, "restore", url.Values{"id": {"ffff"}}); !strings.Contains(text, "not in the trash any more") {
		t.Errorf("%s", text)
	}
	if _, text := b.do(key, "restore", url.Values{"id": {id}}); !strings.Contains(text, "restored a.txt on the remote side") {
		t.Errorf("%s", text)
	}
	for _, side := range []string{rig.Local("site"), rig.Remote("site")} {
		dashboardtest.Until(t, side, func() bool { return dashboardtest.Holds(filepath.Join(side, "a.txt"), "precious") })
	}
	b.see("pair?key="+key, "restored a.txt on the server")
}

// A halted pair shows what it would delete, and deletes that and nothing else when the words
// are typed.
func TestAllow(t *testing.T) {
	rig, b, key := startFive(t, "max-delete: 1", "text")
	remove := func(names ...string) {
		for _, name := range names {
			if err := os.Remove(filepath.Join(rig.Local("site"), name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	left := func() int { files, _ := filepath.Glob(filepath.Join(rig.Remote("site"), "*.txt")); return len(files) }
	remove("f0.txt", "f1.txt", "f2.txt")
	b.halted(key, "3 files of 5")
	text := b.see("plan?key="+key, "3 files of 5 would be deleted", "f0.txt", "delete 3")
	form := url.Values{"sum": {b.hidden(text, "sum")}, "deletions": {b.hidden(text, "deletions")}}
	for _, typed := range []string{"", "yes", "delete 2"} {
		form.Set("typed", typed)
		if _, text := b.do(key, "allow", form); !strings.Contains(text, "the words were not typed") || left() != 5 {
			t.Fatalf("%q: %d left: %s", typed, left(), text)
		}
	}
	remove("f3.txt")
	form.Set("typed", "delete 3")
	if _, text := b.do(key, "allow", form); !strings.Contains(text, "other files would be deleted than were shown") || left() != 5 {
		t.Fatalf("with one more: %d left: %s", left(), text)
	}
	text = b.see("plan?key="+key, "f3.txt", "delete 4")
	form = url.Values{"sum": {b.hidden(text, "sum")}, "deletions": {b.hidden(text, "deletions")}, "typed": {" Delete  4 "}}
	if _, text := b.do(key, "allow", form); !strings.Contains(text, "deleted 0 here and 4 on the server") || left() != 1 {
		t.Fatalf("%d left: %s", left(), text)
	}
	b.inSync(key)
}

// A pair that halts at the second of two batches of deletions shows the second, and lets it
// through.
func TestAllowLaterBatch(t *testing.T) {
	rig, b, key := startFive(t, "{direction: push, max-delete: 1}", "text")
	gone := func(name string) bool {
		_, err := os.Stat(filepath.Join(rig.Remote("site"), name))
		return os.IsNotExist(err)
	}
	for _, name := range []string{"f0.txt", "f1.txt"} {
		if err := os.Remove(filepath.Join(rig.Local("site"), name)); err != nil {
			t.Fatal(err)
		}
		if name == "f0.txt" {
			dashboardtest.Until(t, "the first deletion", func() bool { return gone(name) })
			b.inSync(key)
		}
	}
	b.halted(key, "with the 1 that went")
	text := b.see("plan?key="+key, "with the 1 that went", "f1.txt", "delete 1")
	form := url.Values{"sum": {b.hidden(text, "sum")}, "deletions": {b.hidden(text, "deletions")}, "typed": {"delete 1"}}
	if _, text := b.do(key, "allow", form); !strings.Contains(text, "deleted 0 here and 1 on the server") || !gone("f1.txt") {
		t.Fatal(text)
	}
	b.inSync(key)
}

// Typing how many files are deleted lifts no other rail: files that lost all content replace
// nothing.
func TestAllowsDeletionsOnly(t *testing.T) {
	rig, b, key := startFive(t, "{direction: push, max-delete: 1}", "precious")
	halted := func(why string) {
		t.Helper()
		b.do(key, "look", nil)
		b.halted(key, why)
	}
	whole := func() (n int) {
		for i := range 5 {
			if dashboardtest.Holds(filepath.Join(rig.Remote("site"), fmt.Sprintf("f%d.txt", i)), "precious") {
				n++
			}
		}
		return n
	}
	b.do(key, "pause", nil)
	for i := range 5 {
		dashboardtest.Write(t, filepath.Join(rig.Local("site"), fmt.Sprintf("f%d.txt", i)), "")
	}
	b.do(key, "resume", nil)
	halted("lost all content")
	if text := b.see("plan?key="+key, "lost all content", "--allow-deletes"); strings.Contains(text, `name="sum"`) || strings.Contains(text, "delete 0") {
		t.Errorf("this is no question of deletions: %s", text)
	}
	nothing := fmt.Sprintf("%x", sha256.Sum256(nil))
	for _, n := range []string{"0", "-1"} {
		form := url.Values{"sum": {nothing}, "deletions": {n}, "typed": {"delete " + n}}
		if _, text := b.do(key, "allow", form); !strings.Contains(text, "no deletions") || whole() != 5 {
			t.Fatalf("delete %s: %d are whole: %s", n, whole(), text)
		}
	}
	for i := range 2 {
		if err := os.Remove(filepath.Join(rig.Local("site"), fmt.Sprintf("f%d.txt", i))); err != nil {
			t.Fatal(err)
		}
	}
	halted("2 files of 5")
	text := b.see("plan?key="+key, "delete 2")
	form := url.Values{"sum": {b.hidden(text, "sum")}, "deletions": {b.hidden(text, "deletions")}, "typed": {"delete 2"}}
	if _, text := b.do(key, "allow", form); !strings.Contains(text, "lost all content") || whole() != 5 {
		t.Fatalf("%d are whole: %s", whole(), text)
	}
}

// Names and contents are text, whatever is in them.
func TestNamesAreText(t *testing.T) {
	names := []string{`<script>alert(1)</script>`, `"onmouseover="alert(1)`, `'><img src=x onerror=alert(1)>`, "\u202egnp.exe", `{{.CSRF}}`, `</td></tr><h1>`, `&lt;b&gt;`, `javascript:alert(1)`}
	rig := dashboardtest.Start(t, "", func(r *dashboardtest.Rig) {
		for _, name := range names {
			dashboardtest.Write(t, filepath.Join(r.Local("site"), strings.ReplaceAll(name, "/", "\u2215")), "text")
		}
	}, "site")
	b, key := newBrowser(t, rig.Page), rig.Key("site")
	b.inSync(key)
	if err := os.RemoveAll(rig.Local("site")); err != nil { // halts the pair: all would be deleted
		t.Fatal(err)
	}
	if err := os.MkdirAll(rig.Local("site"), 0o755); err != nil {
		t.Fatal(err)
	}
	b.do(key, "look", nil)
	dashboardtest.Until(t, "halted", func() bool { _, text := b.get(b.at); return strings.Contains(text, `data-state="halted"`) })
	for _, path := range []string{"pair?key=" + key, "plan?key=" + key, "pair?key=" + key + "&q=" + url.QueryEscape(`"><script>`)} {
		text := b.see(path)
		for _, bad := range []string{"<script>alert", `"onmouseover`, "<img src=x", "<h1></td>", "\u202e", "</tr><h1>"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %q", path, bad)
			}
		}
	}
	b.see("plan?key="+key, `<script>alert(1)<∕script>`, `\u202egnp.exe`, `{{.CSRF}}`)
}

package dashboard

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/dashboard/dashboardtest"
	"ferry/internal/history"
	"ferry/sync"

	"github.com/chromedp/chromedp"
)

// widths are those of a phone, a tablet and a screen.
var widths = []int64{390, 820, 1280}

// looks has the page looked at in every width, light and dark.
func (b *tab) looks(name string) {
	b.Helper()
	for _, dark := range []bool{false, true} {
		for _, width := range widths {
			if dark && width == widths[1] && os.Getenv("FERRY_PICTURES") == "" {
				continue
			}
			what := fmt.Sprintf("%s at %d, dark %v", name, width, dark)
			b.size(width, dark)
			b.fits(what)
			if dark == (width == widths[0]) && width != widths[1] { // once each
				b.usable(what)
			}
			b.picture(fmt.Sprintf("%s-%d-%s", name, width, map[bool]string{true: "dark", false: "light"}[dark]))
		}
	}
	b.size(1280, false)
}

// The page is there at once, follows an edit within a second, and pauses and resumes.
func TestFirstLookAndEdit(t *testing.T) {
	rig := dashboardtest.Start(t, "", func(r *dashboardtest.Rig) {
		dashboardtest.Write(t, filepath.Join(r.Local("site"), "css/a.css"), "body {}")
	}, "site", "photos")
	b := open(t, rig)
	b.see("All pairs", "site", "photos", "in sync", "up 1 file")
	b.looks("overview")

	b.goTo("pair?key=" + rig.Key("site"))
	b.see("uploaded css/a.css", "In the last hour: 2 changes", "1 file of 7 B here")
	// However often a part is asked for, it is loaded once at a time, and once more at the end.
	b.do(chromedp.Evaluate(`(async () => {
		let loading = 0, most = 0, all = 0;
		const load = async () => {
			most = Math.max(most, ++loading);
			if (++all === 1) [1, 2, 3].forEach(() => spaced("a test", load));
			await new Promise((done) => setTimeout(done, 5));
			loading--;
		};
		await spaced("a test", load);
		window.loaded = most + " " + all;
	})()`, nil))
	b.until("the loads", `window.loaded === "1 2"`)
	b.until("the plots", `document.querySelectorAll("#plot-hour canvas, #plot-month canvas").length === 2`)
	b.looks("pair")

	// The observers are in the page, so that the time is not that of asking. That a path waits shows at once, and that it
	// was carried over as soon as it is. On a busy machine one of three edits is enough.
	told, done := time.Hour, time.Hour
	for i := 0; i < 3 && told > time.Second; i++ {
		b.do(chromedp.Evaluate(`window.times = {}; for (const field of ["queue", "change"]) {
			new MutationObserver((_, all) => { window.times[field] ||= Date.now(); all.disconnect(); })
				.observe(document.querySelector("[data-pair] [data-field=" + field + "]"), {childList: true, characterData: true});
		} 0`, nil))
		began := time.Now()
		dashboardtest.Write(t, filepath.Join(rig.Local("site"), fmt.Sprintf("new%d.txt", i)), strings.Repeat("text", i+1))
		b.until("the change on the page", `window.times.change`)
		var times struct{ Queue, Change int64 }
		b.do(chromedp.Evaluate(`window.times`, &times))
		done = time.UnixMilli(times.Change).Sub(began)
		if told = done; times.Queue > 0 {
			told = min(done, time.UnixMilli(times.Queue).Sub(began))
		}
	}
	t.Logf("an edit was told after %v, and carried over after %v", told.Round(time.Millisecond), done.Round(time.Millisecond))
	if told > time.Second {
		t.Errorf("an edit showed after %v", told)
	}
	b.see("uploaded new0.txt")

	b.press("section.card", "Pause")
	b.see("Paused. Nothing is carried over", "paused")
	b.press("section.card", "Resume")
	b.see("Going on.", "in sync")
	b.press("section.card", "Look now")
	b.see("Looking at both sides now.")
	b.press("header", "Log out")
	b.see("Open the address that ferry has printed")
}

// A conflict is settled, and what was deleted is restored.
func TestConflictAndTrash(t *testing.T) {
	png, _ := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	rig := dashboardtest.Start(t, "conflict: skip", func(r *dashboardtest.Rig) {
		dashboardtest.Write(t, filepath.Join(r.Local("site"), "a.txt"), "one\nmine\nthree\n")
		dashboardtest.Write(t, filepath.Join(r.Remote("site"), "a.txt"), "one\ntheirs, and longer\nthree\n")
		dashboardtest.Write(t, filepath.Join(r.Local("site"), "z.png"), string(png))
		dashboardtest.Write(t, filepath.Join(r.Remote("site"), "z.png"), string(png)+"more")
		dashboardtest.Write(t, filepath.Join(r.Local("site"), "old.txt"), "precious")
	}, "site")
	b, key := open(t, rig), rig.Key("site")
	b.see("2 conflicts wait")
	b.goTo("conflicts?key=" + key)
	b.see("a.txt", "-mine", "+theirs, and longer", "z.png")
	b.until("the pictures", `[...document.images].filter((image) => image.src.startsWith("data:") && image.naturalWidth === 1).length === 2`)
	b.looks("conflicts")
	b.press(".conflict", "Keep the one on the server")
	b.see("The next pass carries it to the other side.")
	dashboardtest.Until(t, "the version of the server", func() bool {
		return dashboardtest.Holds(filepath.Join(rig.Local("site"), "a.txt"), "one\ntheirs, and longer\nthree\n")
	})

	there := filepath.Join(rig.Remote("site"), "old.txt")
	dashboardtest.Until(t, "old.txt", func() bool { return dashboardtest.Holds(there, "precious") })
	if err := os.Remove(filepath.Join(rig.Local("site"), "old.txt")); err != nil {
		t.Fatal(err)
	}
	dashboardtest.Until(t, "the deletion", func() bool { _, err := os.Stat(there); return os.IsNotExist(err) })
	b.goTo("trash?key=" + key)
	b.see("old.txt", "8 B")
	b.looks("trash")
	b.do(chromedp.Evaluate(`[...document.querySelectorAll("tr")].find((row) => row.innerText.includes("old.txt")).querySelector("button").click()`, nil))
	b.see("restored old.txt on the remote side")
	dashboardtest.Until(t, "old.txt", func() bool { return dashboardtest.Holds(filepath.Join(rig.Local("site"), "old.txt"), "precious") })

	b.goTo("check?key=" + key)
	b.see("EPSV: the server names a port, and we connect to it; works", "PORT")
	b.looks("check")
	b.goTo("settings?key=" + key)
	b.see("conflict", "skip", "(not shown)")
	b.looks("settings")
}

// A pair that is halted goes on when the words are typed.
func TestHalted(t *testing.T) {
	rig := dashboardtest.Start(t, "max-delete: 1", func(r *dashboardtest.Rig) {
		for i := range 6 {
			dashboardtest.Write(t, filepath.Join(r.Local("site"), fmt.Sprintf("f%d.txt", i)), "text")
		}
	}, "site")
	b, key := open(t, rig), rig.Key("site")
	b.see("in sync")
	for i := range 4 {
		if err := os.Remove(filepath.Join(rig.Local("site"), fmt.Sprintf("f%d.txt", i))); err != nil {
			t.Fatal(err)
		}
	}
	b.see("halted: it needs you", "4 files of 6 would be deleted on the remote side")
	b.goTo("pair?key=" + key)
	b.looks("halted")
	b.press("section.card", "Look at what it would do")
	b.see("f0.txt", "type delete 4")
	b.looks("plan")
	b.do(chromedp.SendKeys("#typed", "delete 4\r"))
	b.see("made a pass that deleted 0 here and 4 on the server", "in sync")
	if files, _ := filepath.Glob(filepath.Join(rig.Remote("site"), "*.txt")); len(files) != 2 {
		t.Errorf("%v", files)
	}
}

// attacks are names that run something where a page takes text for HTML, script, style or an address.
var attacks = []string{
	`<script>attacked()</script>`, `<img src=x onerror=attacked()>`, `"><svg onload=attacked()>`, `'-attacked()-'`, `javascript:attacked()`,
	`" onfocus=attacked() autofocus x="`, `</script><script>attacked()</script>`, `</title><script>attacked()</script>`, `<style>@import'x'</style>`,
	`${attacked()}`, `{{constructor.constructor('attacked()')()}}`, `<iframe srcdoc='<script>parent.attacked()</script>'>`, `<a href=javascript:attacked()>x</a>`,
	`<base href=//evil.example>`, `<meta http-equiv=refresh content=0;url=//evil.example>`, `--><script>attacked()</script>`, `<details open ontoggle=attacked()>`,
	`<math><mi xlink:href='data:x,<script>attacked()</script>'>`, `]]><script>attacked()</script>`, `&lt;script&gt;attacked()&lt;/script&gt;`, `%3Cscript%3Eattacked()%3C%2Fscript%3E`,
	`\u003cscript\u003eattacked()`, `<template><img src=x onerror=attacked()></template>`, `<form action=//evil.example><button>Restore`,
	"\u202egnp.exe", "\u2067right\u2069", "\u05e9\u05dc\u05d5\u05dd.txt", "\u0645\u0631\u062d\u0628\u0627 (1).txt", "a\u200bb", "new\nline", "tab\there", "\x1b[31mred",
	"\ufeffbom", "e\u0301", strings.Repeat("W", 200),
}

// Names and contents are text, whatever they say.
func TestAttacks(t *testing.T) {
	rig := dashboardtest.Start(t, "conflict: skip", func(r *dashboardtest.Rig) {
		for _, name := range attacks {
			name = strings.ReplaceAll(name, "/", "\u2215")
			dashboardtest.Write(t, filepath.Join(r.Local("site"), name), name)
			if !strings.ContainsAny(name, "\n\x1b\t") {
				dashboardtest.Write(t, filepath.Join(r.Remote("site"), name), name+"\n<script>attacked()</script> there")
			}
		}
	}, "site")
	b, key := open(t, rig), rig.Key("site")
	b.see("conflicts wait")
	b.do(chromedp.Evaluate(`window.attacked = () => {}; 0`, nil))
	for _, page := range []string{"conflicts?key=" + key, "pair?key=" + key, "pair?key=" + key + "&q=%22%3E%3Cscript%3Eattacked()%3C/script%3E", "plan?key=" + key, "trash?key=" + key, ""} {
		b.goTo(page)
		b.until("the page", `document.body.dataset.connected === "yes" && !document.querySelector(".wait:last-child")`)
		var strange []string
		// Only the elements that the templates have may be there, and no handler.
		b.do(chromedp.Evaluate(`[...document.querySelectorAll("*")].filter((e) => ["iframe", "svg", "style", "base", "math", "details", "object", "embed"].includes(e.localName)
			|| e.localName === "script" && !(e.src.startsWith(location.origin + "/static/") && !e.textContent)
			|| e.localName === "form" && !e.action.startsWith(location.origin)
			|| e.localName === "meta" && e.httpEquiv || e.localName === "img" && !/^(data:image|http:..127.0.0.1:\d+.static)/.test(e.src)
			|| e.localName === "a" && !e.href.startsWith(location.origin)
			|| [...e.attributes].some((a) => a.name.startsWith("on") || a.name === "style" && !e.closest(".plot"))).map((e) => e.outerHTML)`, &strange))
		if len(strange) > 0 {
			t.Errorf("%s: %q", page, strange)
		}
		if text := b.text(); strings.ContainsAny(text, "\u202e\u2067\x1b") {
			t.Errorf("%s turns text around", page)
		}
	}
	b.goTo("conflicts?key=" + key)
	b.see(`<script>attacked()<∕script>`, `\u202egnp.exe`, "\u05e9\u05dc\u05d5\u05dd.txt")
	b.looks("attacks")
}

// Sixty pairs are one page, and each shows when something happens to it.
func TestSixtyPairs(t *testing.T) {
	var names []string
	for i := range 60 {
		names = append(names, fmt.Sprintf("pair%02d", i))
	}
	rig := dashboardtest.Start(t, "", nil, names...)
	b := open(t, rig)
	b.until("all are in sync", `document.querySelectorAll("[data-state=idle]").length === 60`)
	dashboardtest.Write(t, filepath.Join(rig.Local("pair42"), "new.txt"), "text")
	b.until("the change", `[...document.querySelectorAll("[data-pair]")].filter((card) => card.innerText.includes("up 1 file")).map((card) => card.querySelector("h2").innerText).join() === "pair42"`)
	b.usable("sixty pairs")
	b.size(390, false)
	b.fits("sixty pairs on a phone")
	b.picture("sixty")
}

// A long history is shown from its end, and searched.
func TestLongHistory(t *testing.T) {
	rig := dashboardtest.Start(t, "", nil, "site")
	key := rig.Key("site")
	b := open(t, rig)
	b.see("in sync")
	writeHistory(t, rig, key, 100_000)
	began := time.Now()
	b.goTo("pair?key=" + key)
	b.see("uploaded dir/file-99999.txt", "In the last 30 days: 100000 changes")
	t.Logf("100,000 lines: shown after %v", time.Since(began).Round(time.Millisecond))
	if rows := 0; true {
		b.do(chromedp.Evaluate(`document.querySelectorAll("#history tbody tr").length`, &rows))
		if rows != 100 {
			t.Errorf("%d rows", rows)
		}
	}
	b.press(".pager", "Older")
	b.see("uploaded dir/file-99899.txt", "The newest")
	b.do(chromedp.SetValue("#q", "FILE-12345"), chromedp.Submit("#q"))
	b.see("uploaded dir/file-12345.txt")
	began = time.Now()
	b.do(chromedp.SetValue("#q", "no such file"), chromedp.Submit("#q"))
	b.see("Nothing is recorded of such a path.")
	t.Logf("100,000 lines: searched in %v", time.Since(began).Round(time.Millisecond))
	b.usable("a long history")
}

// writeHistory writes lines into the history of a pair as a watch does, the last one a minute ago.
func writeHistory(t *testing.T, rig *dashboardtest.Rig, key string, n int) {
	t.Helper()
	dir := filepath.Join(rig.StateDir, "history", key)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	now := time.Now().Add(-time.Minute)
	f, err := os.Create(filepath.Join(dir, "000001-"+now.UTC().Format("20060102")+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	out := json.NewEncoder(f)
	for i := range n {
		a := history.Action{Op: sync.Upload, Side: "remote", Path: fmt.Sprintf("dir/file-%05d.txt", i), Size: 1000, Why: "new here", LocalChange: sync.Created, OK: true}
		_ = out.Encode(history.Line{Type: history.TypeAction, Time: now.Add(time.Duration(i-n) * 20 * time.Second), Pair: key, Profile: "site", Command: "watch", Pass: "p", Action: &a})
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

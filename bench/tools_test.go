package main

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"testing"
)

// commandLine returns the command line of a tool for a job, or "" if it cannot do the job.
func commandLine(t tool, j job) string {
	args, _ := t.run(j)
	return strings.Join(args, " ")
}

func TestCommandLines(t *testing.T) {
	j := job{local: "/local", server: serverInfo{Name: "vsftpd", Host: "198.18.0.2", Port: 2100, Fingerprint: "ab"}, connections: 4, state: "/state"}
	with := func(p pass) job { j := j; j.pass = p; return j }
	secure, plain, move := j, j, with(pass{direction: between})
	secure.tls, plain.defaults, move.source = true, true, &serverInfo{Name: "proftpd", Host: "198.18.0.2", Port: 2101}
	plain.deletes, plain.clone = true, true
	refused := move
	refused.closed = true
	refusedPlain := refused
	refusedPlain.defaults = true
	parts := with(pass{direction: pull, mode: passive, parts: true})
	p := program{path: "TOOL"}
	for _, c := range []struct {
		name string
		tool tool
		job  job
		want []string // parts of the command line; none if the tool cannot do the job
		not  []string
	}{
		{"lftp up", lftp(p, "lftp"), j, []string{"mirror --parallel=4 --no-perms --only-newer --reverse /local pair", "passive-mode true", "ssl-allow false"}, []string{"--delete", "sync-mode"}},
		{"lftp down", lftp(p, "lftp"), with(pass{direction: pull}), []string{"--only-newer pair /local"}, []string{"--reverse"}},
		{"lftp active", lftp(p, "lftp"), with(pass{mode: active}), []string{"passive-mode false"}, nil},
		{"lftp deletes", lftp(p, "lftp"), with(pass{deletes: true}), []string{"--delete"}, nil},
		{"lftp in its other setting", lftp(p, "x", "set ftp:sync-mode off"), j, []string{"sync-mode off"}, nil},
		{"lftp TLS", lftp(p, "lftp"), secure, []string{"ssl-force true", "ssl-protect-data true"}, nil},
		{"rclone up", rcloneSync(p, "rclone", "s"), j, []string{"sync /local bench:pair", "--transfers 4 --checkers 4"}, []string{"--track-renames"}},
		{"rclone down", rcloneSync(p, "rclone", "s"), with(pass{direction: pull}), []string{"sync bench:pair /local"}, nil},
		{"rclone renames", rcloneSync(p, "rclone", "s"), with(pass{renames: true}), []string{"--track-renames-strategy modtime,leaf"}, nil},
		{"rclone has no active mode", rcloneSync(p, "rclone", "s"), with(pass{mode: active}), nil, nil},
		{"bisync is for both ways", rcloneBisync(p, "rclone bisync", "s"), with(pass{direction: both}), []string{"bisync /local bench:pair", "--workdir /state/bisync"}, []string{"--resync"}},
		{"its first pass", rcloneBisync(p, "rclone bisync", "s"), with(pass{direction: both, first: true}), []string{"--resync"}, nil},
		{"and for nothing else", rcloneBisync(p, "rclone bisync", "s"), j, nil, nil},
		{"ferry up", ferry(p), j, []string{"push /local ftp://sync@198.18.0.2:2100/pair --connections 4"}, []string{"--mode", "--adopt", "secret"}},
		{"ferry down", ferry(p), with(pass{direction: pull, mode: passive}), []string{"pull /local", "--mode passive"}, nil},
		{"ferry both", ferry(p), with(pass{direction: both, trust: true}), []string{"sync /local", "--adopt"}, nil},
		{"ferry deletes", ferry(p), with(pass{deletes: true}), []string{"--allow-deletes"}, nil},
		{"ferry TLS", ferry(p), secure, []string{"ftpes://", "--fingerprint sha256:ab"}, nil},
		{"ferry deploys", ferry(p), with(pass{direction: deploy, deletes: true}), []string{"deploy /local ftp://sync@198.18.0.2:2100/pair", "--allow-deletes"}, []string{"--adopt"}},
		{"lftp in place of a deploy", lftp(p, "lftp"), with(pass{direction: deploy, deletes: true, clone: true}), []string{"--no-perms --ignore-time --delete --reverse /local pair"}, []string{"--only-newer"}},
		{"rclone in place of a deploy", rcloneSync(p, "rclone", "s"), with(pass{direction: deploy, clone: true}), []string{"sync /local bench:pair", "--size-only"}, nil},
		{"ftp-deploy", ftpDeploy(p, "cli.js"), with(pass{direction: deploy}), []string{"TOOL cli.js --server 198.18.0.2 --port 2100", "--local-dir /local/ --server-dir pair/"}, nil},
		{"ftp-deploy does nothing else", ftpDeploy(p, "cli.js"), j, nil, nil},
		{"lftp with defaults", lftp(p, "lftp"), plain, []string{"TOOL -c open -u sync,secret -p 2100 ftp://198.18.0.2; mirror --delete --reverse /local pair"}, nil},
		{"rclone with defaults", rcloneSync(p, "rclone", "s"), plain, []string{"sync /local bench:pair"}, []string{"--transfers", "--checkers", "streams"}},
		{"ferry with defaults", ferry(p), plain, []string{"push /local ftp://sync@198.18.0.2:2100/pair --state-dir"}, []string{"--connections", "--mode"}},
		{"all that is set goes", withDefaults("ferry default", ferry(p)), parts, []string{"pull /local"}, []string{"--connections", "--mode"}},
		{"lftp in parts", lftp(p, "lftp"), parts, []string{"mirror --use-pget-n=4"}, []string{"--parallel"}},
		{"rclone in parts", rcloneSync(p, rcloneCurrent, "s"), parts, []string{"--multi-thread-streams 4"}, []string{"--multi-thread-streams 0"}},
		{"Debian's rclone has none", rcloneSync(p, "rclone", "s"), parts, []string{"--multi-thread-streams 0"}, nil},
		{"lftp from server to server", lftp(p, "lftp"), move, []string{"ftp://sync:secret@198.18.0.2:2101/pair ftp://sync:secret@198.18.0.2:2100/pair"}, []string{"/local", "open", "--reverse"}},
		{"lftp between servers that refuse", lftp(p, "lftp"), refused, []string{"use-fxp false"}, nil},
		{"with defaults it would ask for ever", lftp(p, "lftp"), refusedPlain, nil, nil},
		{"rclone from server to server", rcloneSync(p, "rclone", "s"), move, []string{"sync source:pair bench:pair"}, []string{"/local"}},
		{"ferry from server to server", ferry(p), move, []string{"copy ftp://sync@198.18.0.2:2101/pair ftp://sync@198.18.0.2:2100/pair --connections 4"}, []string{"/local", "secret"}},
		{"rclone compares contents on a first pass", rcloneCheck(p, "s"), with(pass{direction: both, first: true}), []string{"check --download /local bench:pair"}, nil},
		{"and at no other time", rcloneCheck(p, "s"), j, nil, nil},
		{"find takes part in the scan alone", find(p), j, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := commandLine(c.tool, c.job)
			if (got == "") != (len(c.want) == 0) {
				t.Fatalf("command line %q", got)
			}
			for _, part := range c.want {
				if !strings.Contains(got, part) {
					t.Errorf("%q has no %q", got, part)
				}
			}
			for _, part := range c.not {
				if strings.Contains(got, part) {
					t.Errorf("%q has %q", got, part)
				}
			}
		})
	}
}

// TestRows checks that names are unique, that goals name rows that exist, and that fixtures with the same name are of the same
// kind, because they are shared.
func TestRows(t *testing.T) {
	all := rows(options{large: 1, huge: 1})
	var names []string
	equal := map[string]bool{}
	for _, r := range all {
		if slices.Contains(names, r.name) {
			t.Errorf("two rows are called %s", r.name)
		}
		names = append(names, r.name)
		if was, seen := equal[r.fixture.name]; seen && was != r.fixture.equal {
			t.Errorf("fixture %s is equal and is not", r.fixture.name)
		}
		equal[r.fixture.name] = r.fixture.equal
		if r.warm && !r.fixture.equal {
			t.Errorf("%s: a pass over the pair before the run would do the run's work", r.name)
		}
	}
	for _, r := range all {
		for _, other := range append(slices.Clone(r.goal.among), cmp.Or(r.goal.withOne, r.name)) {
			if !slices.Contains(names, other) {
				t.Errorf("%s is compared with %s, which is not there", r.name, other)
			}
		}
	}
}

// TestChanges checks that the changes of rows change what they should.
func TestChanges(t *testing.T) {
	if os.Getenv("FERRY_BENCH_ALL") == "" {
		t.Skip("makes 15,000 files: FERRY_BENCH_ALL=1 runs it")
	}
	for _, r := range rows(options{large: 1, huge: 1}) {
		if r.change == nil {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			local, remote := t.TempDir(), t.TempDir()
			if err := r.fixture.make(local, remote); err != nil {
				t.Fatal(err)
			}
			before, err := list(local)
			if err != nil {
				t.Fatal(err)
			}
			if err := compareTrees(local, remote); err != nil {
				t.Errorf("before: %v", err)
			}
			if err := r.change(local, 0); err != nil {
				t.Fatal(err)
			}
			after, err := list(local)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]int{"one-300": 0, "rename": 0, "delete": -2020, "copy-one": 0, "deploy-one-fresh": 0, "deploy-300": 0}[r.name]
			if len(after)-len(before) != want {
				t.Errorf("%d entries became %d", len(before), len(after))
			}
			if err := compareTrees(local, remote); err == nil {
				t.Error("nothing changed")
			}
		})
	}
}

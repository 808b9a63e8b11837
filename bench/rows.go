package main

import "time"

// rows returns all rows in the order of the table.
func rows(o options) []row {
	flat := smallFiles(0, 200, 1)
	million := shape{dirs: 10_000, files: 100, smallest: 8, largest: 64, seed: 9}
	tree300, tree3000 := onBoth("tree of 300", smallFiles(300, 10, 3)), onBoth("tree of 3000", smallFiles(3000, 10, 4))
	album := onBoth("album", smallFiles(0, 10, 5), smallFiles(1, 200, 6))
	equalFiles := onBoth("3000 equal files", smallFiles(30, 100, 10))
	long := &link{roundTrip: 200 * time.Millisecond, rate: 12_500_000, loss: 0.001}
	slow := &link{roundTrip: 30 * time.Millisecond, rate: 500_000}
	const hangs = 3 * time.Minute // lftp does, in some settings on some servers
	move := pass{direction: between}
	upload, download := pass{direction: push}, pass{direction: pull, mode: passive}
	return []row{
		{name: "up", title: "200 small files up", pass: upload, fixture: localOnly("flat up", flat),
			goal: goal{lftp: 0.50, rclone: 0.25, defaults: 0.35}},
		{name: "up-dirs", title: "200 small files in 40 directories up", pass: upload, fixture: localOnly("dirs up", smallFiles(40, 5, 2))},
		{name: "up-one", title: "200 small files up, one connection", pass: upload, fixture: localOnly("flat up", flat),
			connections: 1, files: 200, goal: goal{roundTrips: 3.5, vsftpd: 4.5}},
		{name: "down", title: "200 small files down, passive", pass: download, fixture: remoteOnly("flat down", flat),
			goal: goal{best: 0.75}},
		{name: "down-active", title: "200 small files down, active", pass: pass{direction: pull, mode: active}, fixture: remoteOnly("flat down", flat),
			goal: goal{best: 0.60, among: []string{"down"}}},
		{name: "down-one", title: "200 small files down, one connection", pass: download, fixture: remoteOnly("flat down", flat),
			connections: 1, files: 200},
		{name: "same-300", title: "300 directories unchanged, both ways", pass: pass{direction: both}, fixture: tree300, warm: true,
			goal: goal{best: 0.70}},
		{name: "one-300", title: "1 changed file in 300 directories, push", pass: upload, fixture: tree300, warm: true,
			change: changeOne, goal: goal{best: 0.10}},
		{name: "none-300", title: "300 directories unchanged, push", pass: upload, fixture: tree300, warm: true,
			goal: goal{best: 0.10}},
		{name: "rename", title: "renamed directory of 200 files, push", pass: pass{direction: push, deletes: true, renames: true},
			fixture: album, warm: true, change: renameAlbum},
		{name: "delete", title: "2,000 files deleted, push", pass: pass{direction: push, deletes: true},
			fixture: onBoth("tree to prune", smallFiles(40, 100, 8)), warm: true, change: deleteTree},
		{name: "equal", title: "first pass over 300 equal directories", pass: pass{direction: both, first: true}, fixture: tree300},
		{name: "equal-trust", title: "the same, equal sizes count as equal", pass: pass{direction: both, first: true, trust: true}, fixture: tree300,
			goal: goal{among: []string{"equal"}}},
		{name: "first-equal", title: "first pass over 3,000 equal files", pass: pass{direction: both, first: true}, fixture: equalFiles},
		{name: "first-equal-hash", title: "the same, the server has hash commands", pass: pass{direction: both, first: true}, fixture: equalFiles,
			module: digest},
		{name: "large-up", title: "large file up", pass: upload, fixture: largeUp(o.large)},
		{name: "large-down", title: "large file down", pass: download, fixture: largeDown(o.large)},
		{name: "large-up-tls", title: "large file up, TLS", pass: upload, fixture: largeUp(o.large), tls: true},
		{name: "large-down-tls", title: "large file down, TLS", pass: download, fixture: largeDown(o.large), tls: true},
		{name: "segments", title: "large file down, 200 ms, 0.1 % loss", pass: pass{direction: pull, mode: passive, parts: true},
			fixture: largeDown(o.large / 2), link: long, limit: hangs, goal: goal{best: 1, oneConnection: 0.5, withOne: "segments-one"}},
		{name: "segments-one", title: "the same, one connection", pass: download, fixture: largeDown(o.large / 2), link: long, connections: 1},
		{name: "mode-z", title: "50 texts down, 4 Mbit/s", pass: download, fixture: textDown(50), link: slow, module: deflate},
		{name: "mode-z-up", title: "50 texts up, 4 Mbit/s", pass: upload, fixture: textUp(50), link: slow, module: deflate},
		{name: "copy", title: "200 small files and 8 of 4 MiB", pass: move, fixture: siteThere(), limit: hangs},
		{name: "copy-closed", title: "the same, servers refuse each other", pass: pass{direction: between, closed: true}, fixture: siteThere(), limit: hangs},
		{name: "copy-one", title: "1 changed file of 3,000", pass: move, fixture: tree300, warm: true, change: changeOne, limit: hangs},
		{name: "huge-up", title: "large file up, loopback", pass: upload, fixture: largeUp(o.huge), loopback: true, goal: goal{best: 1, cpu: 1}},
		{name: "huge-down", title: "large file down, loopback", pass: download, fixture: largeDown(o.huge), loopback: true, goal: goal{best: 1, cpu: 1}},
		{name: "huge-up-tls", title: "large file up, loopback, TLS", pass: upload, fixture: largeUp(o.huge), loopback: true, tls: true, goal: goal{best: 1, cpu: 1}},
		{name: "huge-down-tls", title: "large file down, loopback, TLS", pass: download, fixture: largeDown(o.huge), loopback: true, tls: true, goal: goal{best: 1, cpu: 1}},
		{name: "deploy-first", title: "first deploy of 1,500 files in 1,038 directories", pass: pass{direction: deploy, deletes: true},
			fixture: fixture{name: "new site", make: func(local, _ string) error { return largeSite(local) }}, slow: true},
		{name: "deploy-one-fresh", title: "1 of these files changed, fresh clone", pass: pass{direction: deploy, deletes: true, clone: true},
			fixture: siteOnBoth("large site", largeSite), warm: true, change: changeClone, goal: goal{best: 0.50}},
		{name: "deploy-300", title: "250 files changed, 50 new, 50 deleted", pass: pass{direction: deploy, deletes: true},
			fixture: siteOnBoth("visited site", visitedSite), warm: true, change: nextRelease, visited: true, goal: goal{best: 0.25, mixed: 0.02}},
		{name: "same-3000", title: "3,000 directories unchanged, both ways", pass: pass{direction: both}, fixture: tree3000, warm: true,
			goal: goal{best: 0.70}, slow: true},
		{name: "none-3000", title: "3,000 directories unchanged, push", pass: upload, fixture: tree3000, warm: true,
			goal: goal{best: 0.10}, slow: true},
		{name: "million", title: "1,000,000 files unchanged, push, loopback", pass: upload, fixture: hardLinked("million", million), warm: true,
			loopback: true, goal: goal{best: 2, megabytes: 400}, slow: true, withFind: true},
	}
}

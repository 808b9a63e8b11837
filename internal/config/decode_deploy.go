package config

import (
	"fmt"
	urlpath "path"
	"strings"

	"ferry/sync"
)

// deploy reads the keys of deploy. Without any, all is as usual.
func (d *decoder) deploy(s setting) *Deploy {
	v := NewDeploy()
	if isNull(resolve(s.value)) {
		return v
	}
	before := len(d.errs)
	mapped(func(v *Deploy) *Deploy { return v }, deployKeys)(d, v, s)
	if len(d.errs) > before {
		return v
	}
	for _, c := range v.contradictions() {
		at := d.settingAt(s, c.key)
		d.fail(at.value, at.where, c.text, c.hint)
	}
	return v
}

// checkDeploy reports keys of a profile that do not go with its deploy.
func (d *decoder) checkDeploy(p *draft, given map[string]setting) {
	if p.Deploy == nil {
		return
	}
	if s, ok := given["direction"]; ok && p.Direction != sync.Push {
		d.fail(s.value, s.where, fmt.Sprintf("is %s, but a deploy goes to the server", p.Direction), "remove it, or remove deploy")
	}
	p.Direction = sync.Push
	for _, key := range []string{"max-size", "min-age"} {
		if s, ok := given[key]; ok {
			d.fail(s.value, s.where, "is for passes, and a deploy makes the site whole", "remove it, and leave files out with ignore")
		}
	}
	if work := p.Deploy.Work; work != "" {
		if why := workInTheWay(p.Remote, work); why != "" {
			at := d.settingAt(given["deploy"], "work")
			d.fail(at.value, at.where, fmt.Sprintf("%q %s", work, why), "name a directory that is ferry's alone, as ../.ferry-site")
		}
	}
}

// settingAt returns the setting below s that key names, as check.url, or the nearest one
// above it.
func (d *decoder) settingAt(s setting, key string) setting {
	for name := range strings.SplitSeq(key, ".") {
		node := resolve(s.value)
		for i := 0; i+1 < len(node.Content); i += 2 {
			if k := resolve(node.Content[i]); k.Value == name {
				s = setting{name: name, where: keyPath(s.where, name), key: node.Content[i], value: node.Content[i+1]}
				break
			}
		}
	}
	return s
}

// workInTheWay says why a work directory cannot be where it is, "" where it can. Above
// the directory of the login nothing is known.
func workInTheWay(r Remote, work string) string {
	root := r.Path
	if r.Absolute {
		root = "/" + root
		if strings.Count(work, "../") > len(splitPath(r.Path)) {
			return "leads out of the server"
		}
	}
	at := urlpath.Join(root, work)
	switch root = urlpath.Join(root, "."); {
	case at == root:
		return "is the root itself"
	case at == "." || at == "/" || strings.HasPrefix(root+"/", strings.TrimSuffix(at, "/")+"/"):
		return "holds the root"
	}
	return ""
}

func splitPath(p string) []string {
	if p == "" {
		return nil
	}
	return strings.Split(p, "/")
}

package argon

import "time"

// Waiting are the process ids of the helpers that wait for a task.
func (p *Helpers) Waiting() (ids []int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, h := range p.idle {
		ids = append(ids, h.cmd.Process.Pid)
	}
	return ids
}

// LosePatience has helpers given up after d.
func (p *Helpers) LosePatience(d time.Duration) { p.patience = d }

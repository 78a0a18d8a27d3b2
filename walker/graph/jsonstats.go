package graph

import "io"

// StatsSchema is the name of the shape that [WriteStatsJSON] writes.
const StatsSchema = "dlv-async/stats/1"

type jsonTally struct {
	Name      string `json:"name,omitempty"`
	Func      string `json:"func,omitempty"`
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Tasks     int    `json:"tasks"`
	Groups    int    `json:"groups,omitempty"`
	LongestMS int64  `json:"longest_ms,omitempty"`
	First     TaskID `json:"first"`
}

// WriteStatsJSON writes counts of the tasks as dlv-async/stats/1:
// docs/stats.schema.json.
func WriteStatsJSON(w io.Writer, s *Snapshot, system bool) error {
	stats := s.Stats(system)
	out := newJSONWriter(w)
	out.field("schema", StatsSchema)
	out.field("tasks", stats.Tasks)
	out.field("system_hidden", stats.System)
	writeList(out, "runtimes", s.Runtimes, func(r *Runtime) any { return toRuntime(r) })
	for _, list := range []struct {
		name    string
		tallies []Tally
	}{
		{"states", stats.States}, {"waits", stats.Waits}, {"places", stats.Places},
		{"creators", stats.Creators}, {"groups", stats.Groups},
	} {
		writeList(out, list.name, list.tallies, func(t Tally) any {
			j := jsonTally{Name: t.Name, Tasks: t.Tasks, Groups: t.Groups, LongestMS: t.Longest.Milliseconds(), First: t.First}
			if t.Frame != nil {
				j.Func, j.File, j.Line = t.Frame.Func, t.Frame.File, t.Frame.Line
			}
			return j
		})
	}
	return out.close()
}

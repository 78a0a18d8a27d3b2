package graph

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Picture is the wait graph, ready to be drawn: what points from who waits to
// what is waited for, and from there to who has it.
type Picture struct {
	Vertices []Vertex // tasks first, then groups, then resources
	Edges    []Edge
	Hidden   int // tasks that found no room
}

// Vertex is tasks that are alike, a group or a resource.
type Vertex struct {
	Task     *Task    // the first of Tasks
	Tasks    []TaskID // that stand at one place, wait in one way for one thing, and are in one group
	Group    *Group
	Resource *Resource
	In       GroupID  // of tasks: the innermost group that they are in and that is drawn; 0: none
	Severity Severity // of the worst problem that names one of the tasks; 0: none does
}

// EdgeKind is what an edge of a [Picture] says.
type EdgeKind uint8

// The kinds of an edge.
const (
	EdgeWait   EdgeKind = iota + 1 // From waits for To: a task, a group or a resource
	EdgeHolder                     // From, a resource, is held or could be served by To
	EdgeMember                     // To is a member of From, a group that it does not stand in
)

// Edge leads from one vertex to another, by their index.
type Edge struct {
	From, To int
	Kind     EdgeKind
	Wait     WaitKind // of EdgeWait: the kind, of a branch its own
	Evidence Evidence
}

// PictureOptions say what a picture shows.
type PictureOptions struct {
	System bool // system tasks too
	Limit  int  // at most so many vertices of tasks; 0: 300. Those that a problem names come first
}

const pictureLimit = 300

// Picture arranges the wait graph for drawing. A resource that one task alone
// waits on and that nobody is known to have is no vertex: what the task waits
// for says as much.
func (s *Snapshot) Picture(o PictureOptions) Picture {
	if o.Limit <= 0 {
		o.Limit = pictureLimit
	}
	p := &painter{s: s, o: o, vertexOf: map[TaskID]int{}, groups: map[GroupID]int{}, resources: map[ResourceID]int{}}
	p.gather()
	p.pick()
	p.things()
	p.connect()
	return p.out
}

type painter struct {
	s         *Snapshot
	o         PictureOptions
	out       Picture
	vertexOf  map[TaskID]int
	groups    map[GroupID]int
	resources map[ResourceID]int
}

func (p *painter) shown(t *Task) bool { return t != nil && (p.o.System || !t.System) }

// shared reports that a resource ties tasks together.
func (p *painter) shared(r *Resource) bool {
	if r == nil {
		return false
	}
	ties := 0
	for _, h := range p.s.all().owedBy(r) {
		if p.shown(p.s.Task(h.Task)) {
			return true
		}
	}
	for _, w := range p.s.Waiters(r) {
		if p.shown(p.s.Task(w.Task)) {
			ties++
		}
	}
	return ties > 1
}

// gather makes one vertex of tasks that are alike and tied to the same things.
func (p *painter) gather() {
	k := newKinds(p.s.all())
	severity := map[TaskID]Severity{}
	for _, problem := range p.s.Problems {
		for _, id := range problem.Tasks {
			severity[id] = max(severity[id], problem.Severity)
		}
	}
	shared := map[ResourceID]bool{}
	for _, r := range p.s.Resources {
		shared[r.ID] = p.shared(r)
	}
	index := map[int32]int{}
	for _, t := range p.s.Tasks {
		if !p.shown(t) {
			continue
		}
		b := append(k.appendTask(k.buf[:0], t), byte(severity[t.ID]))
		number := func(n int32) { b = binary.AppendVarint(b, int64(n)) }
		for _, g := range t.Groups {
			number(int32(g))
		}
		eachWait(t.Waits, func(w *Wait) {
			b = appendText(append(b, 'w', byte(w.Evidence.Confidence)), string(w.Task))
			number(int32(w.Group))
			if shared[w.Resource] {
				number(int32(w.Resource))
			}
		})
		b = append(b, 'h')
		for _, h := range t.Holds {
			if shared[h.Resource] {
				number(int32(h.Resource))
			}
		}
		awaiters, total := p.s.awaitedBy(t, 8)
		number(int32(min(total, 9)))
		for _, a := range awaiters {
			if a.Group == 0 && a.Resource == 0 {
				b = appendText(b, string(a.Task))
			}
		}
		k.buf = b
		n := k.number(b)
		i, ok := index[n]
		if !ok {
			i = len(p.out.Vertices)
			index[n] = i
			p.out.Vertices = append(p.out.Vertices, Vertex{Task: t, Severity: severity[t.ID]})
		}
		p.out.Vertices[i].Tasks = append(p.out.Vertices[i].Tasks, t.ID)
	}
}

// pick keeps as many vertices as there is room for: those that a problem names
// first, then those of most tasks.
func (p *painter) pick() {
	all := p.out.Vertices
	if len(all) > p.o.Limit {
		order := make([]int, len(all))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(all[b].Severity, all[a].Severity), cmp.Compare(len(all[b].Tasks), len(all[a].Tasks)))
		})
		for _, i := range order[p.o.Limit:] {
			p.out.Hidden += len(all[i].Tasks)
		}
		kept := order[:p.o.Limit]
		slices.Sort(kept)
		p.out.Vertices = make([]Vertex, len(kept))
		for i, from := range kept {
			p.out.Vertices[i] = all[from]
		}
	}
	for i, v := range p.out.Vertices {
		for _, id := range v.Tasks {
			p.vertexOf[id] = i
		}
	}
}

// things adds the groups and shared resources that the tasks have to do with.
func (p *painter) things() {
	for i := range p.out.Vertices {
		v := &p.out.Vertices[i]
		for _, id := range v.Task.Groups {
			if v.In == 0 && p.s.Group(id) != nil {
				v.In = id
			}
		}
	}
	tasks := p.out.Vertices
	mentioned, wanted := map[GroupID]bool{}, map[ResourceID]bool{}
	for _, v := range tasks {
		for _, id := range v.Task.Groups {
			mentioned[id] = true
		}
		for _, h := range v.Task.Holds {
			wanted[h.Resource] = true
		}
		eachWait(v.Task.Waits, func(w *Wait) { mentioned[w.Group], wanted[w.Resource] = true, true })
	}
	for _, g := range p.s.Groups {
		if mentioned[g.ID] {
			p.groups[g.ID] = len(p.out.Vertices)
			p.out.Vertices = append(p.out.Vertices, Vertex{Group: g})
		}
	}
	for _, r := range p.s.Resources {
		if wanted[r.ID] && p.shared(r) {
			p.resources[r.ID] = len(p.out.Vertices)
			p.out.Vertices = append(p.out.Vertices, Vertex{Resource: r})
		}
	}
}

// connect adds the edges between what is drawn, each once.
func (p *painter) connect() {
	type ends struct {
		from, to int
		kind     EdgeKind
	}
	seen := map[ends]bool{}
	add := func(e Edge) {
		if key := (ends{e.From, e.To, e.Kind}); !seen[key] {
			seen[key] = true
			p.out.Edges = append(p.out.Edges, e)
		}
	}
	for i, v := range p.out.Vertices {
		switch {
		case v.Task != nil:
			eachWait(v.Task.Waits, func(w *Wait) {
				to, ok := p.target(w)
				if ok {
					add(Edge{i, to, EdgeWait, w.Kind, w.Evidence})
				}
			})
			for _, id := range v.Task.Groups {
				if g, ok := p.groups[id]; ok && id != v.In {
					add(Edge{g, i, EdgeMember, "", p.s.Group(id).Evidence})
				}
			}
		case v.Resource != nil:
			for _, h := range p.s.all().owedBy(v.Resource) {
				if to, ok := p.vertexOf[h.Task]; ok {
					add(Edge{i, to, EdgeHolder, "", h.Evidence})
				}
			}
		}
	}
}

// target is the vertex that a wait leads to.
func (p *painter) target(w *Wait) (int, bool) {
	var i int
	var ok bool
	switch {
	case w.Task != "":
		i, ok = p.vertexOf[w.Task]
	case w.Group != 0:
		i, ok = p.groups[w.Group]
	case w.Resource != 0:
		i, ok = p.resources[w.Resource]
	}
	return i, ok
}

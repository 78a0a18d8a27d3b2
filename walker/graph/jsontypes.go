package graph

// The shapes of dlv-async/snapshot/1, as docs/snapshot.schema.json has them.
// What is absent is not known.

type jsonProcess struct {
	Source     string     `json:"source,omitempty"`
	PID        int        `json:"pid,omitempty"`
	Exe        string     `json:"exe,omitempty"`
	Arch       string     `json:"arch,omitempty"`
	CapturedAt string     `json:"captured_at,omitempty"`
	StoppedMS  int64      `json:"stopped_ms,omitempty"`
	Death      *jsonDeath `json:"death,omitempty"`
}

type jsonDeath struct {
	Kind    string   `json:"kind,omitempty"`
	Signal  string   `json:"signal,omitempty"`
	Message string   `json:"message,omitempty"`
	Task    TaskID   `json:"task,omitempty"`
	Chain   []string `json:"chain,omitempty"`
}

type jsonRuntime struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Version  string     `json:"version,omitempty"`
	Layout   string     `json:"layout,omitempty"`
	Tasks    int        `json:"tasks"`
	Complete bool       `json:"complete"`
	Stats    jsonDetail `json:"stats,omitempty"`
	Notes    []string   `json:"notes,omitempty"`

	LookedFor []string `json:"looked_for,omitempty"`
}

type jsonEvidence struct {
	Confidence string `json:"confidence"`
	How        string `json:"how,omitempty"`
}

type jsonFrame struct {
	Func   string      `json:"func,omitempty"`
	Module string      `json:"module,omitempty"`
	File   string      `json:"file,omitempty"`
	Line   int         `json:"line,omitempty"`
	PC     string      `json:"pc,omitempty"`
	Origin string      `json:"origin,omitempty"`
	Hidden bool        `json:"hidden"`
	Kind   string      `json:"kind"`
	Locals []jsonLocal `json:"locals,omitempty"`
}

type jsonLocal struct {
	Name  string `json:"name"`
	Type  string `json:"type,omitempty"`
	Value string `json:"value"`
}

type jsonWait struct {
	Kind     WaitKind      `json:"kind"`
	Text     string        `json:"text,omitempty"`
	Phase    string        `json:"phase,omitempty"`
	Frame    *int32        `json:"frame,omitempty"`
	Resource string        `json:"resource,omitempty"`
	Task     TaskID        `json:"task,omitempty"`
	Group    string        `json:"group,omitempty"`
	Amount   int32         `json:"amount,omitempty"`
	SinceMS  int64         `json:"since_ms,omitempty"`
	Deadline int64         `json:"deadline_in_ms,omitempty"`
	Branches []jsonWait    `json:"branches,omitempty"`
	Evidence *jsonEvidence `json:"evidence,omitempty"`
}

type jsonAwaiter struct {
	Task     TaskID        `json:"task"`
	Via      string        `json:"via,omitempty"`
	Relation string        `json:"relation"`
	Evidence *jsonEvidence `json:"evidence,omitempty"`
}

type jsonHold struct {
	Resource string        `json:"resource"`
	Evidence *jsonEvidence `json:"evidence,omitempty"`
}

type jsonCreation struct {
	Task   TaskID        `json:"task,omitempty"`
	Func   string        `json:"func,omitempty"`
	Module string        `json:"module,omitempty"`
	File   string        `json:"file,omitempty"`
	Line   int           `json:"line,omitempty"`
	Origin string        `json:"origin,omitempty"`
	User   *jsonFrame    `json:"user,omitempty"`
	Stack  []jsonFrame   `json:"stack,omitempty"`
	By     *jsonCreation `json:"by,omitempty"`
}

type jsonCancel struct {
	Requested int    `json:"requested"`
	Pending   bool   `json:"pending"`
	Message   string `json:"message,omitempty"`
}

type jsonScope struct {
	Address   string `json:"address,omitempty"`
	Deadline  int64  `json:"deadline_in_ms,omitempty"`
	Shield    bool   `json:"shield"`
	Cancelled bool   `json:"cancelled"`
	Reason    string `json:"reason,omitempty"`
}

type jsonFailure struct {
	Type      string       `json:"type,omitempty"`
	Message   string       `json:"message,omitempty"`
	Retrieved bool         `json:"retrieved"`
	Task      TaskID       `json:"task,omitempty"`
	Chain     []jsonReason `json:"chain,omitempty"`
}

type jsonReason struct {
	Relation ReasonRelation `json:"relation"`
	Type     string         `json:"type,omitempty"`
	Message  string         `json:"message,omitempty"`
	At       *jsonFrame     `json:"at,omitempty"`
}

type jsonTask struct {
	ID        TaskID            `json:"id"`
	Runtime   string            `json:"runtime"`
	NativeID  string            `json:"native_id,omitempty"`
	Name      string            `json:"name,omitempty"`
	Kind      string            `json:"kind,omitempty"`
	System    bool              `json:"system"`
	Thread    int32             `json:"thread,omitempty"`
	State     string            `json:"state,omitempty"`
	Frames    []jsonFrame       `json:"frames,omitempty"`
	Waits     []jsonWait        `json:"waits,omitempty"`
	AwaitedBy []jsonAwaiter     `json:"awaited_by,omitempty"`
	Holds     []jsonHold        `json:"holds,omitempty"`
	Spawned   []TaskID          `json:"spawned,omitempty"`
	Groups    []string          `json:"groups,omitempty"`
	CreatedBy *jsonCreation     `json:"created_by,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"`
	Detail    jsonDetail        `json:"detail,omitempty"`
	Cancel    *jsonCancel       `json:"cancel,omitempty"`
	Scopes    []jsonScope       `json:"cancel_scopes,omitempty"`
	Error     *jsonFailure      `json:"error,omitempty"`
	Result    string            `json:"result,omitempty"`
	Problems  []jsonProblem     `json:"problems,omitempty"`
}

type jsonOpening struct {
	Task     TaskID        `json:"task"`
	Frame    int32         `json:"frame"`
	Func     string        `json:"func,omitempty"`
	File     string        `json:"file,omitempty"`
	Line     int           `json:"line,omitempty"`
	Evidence *jsonEvidence `json:"evidence,omitempty"`
}

type jsonGroup struct {
	ID          string        `json:"id"`
	Kind        string        `json:"kind"`
	Address     string        `json:"address,omitempty"`
	Owner       TaskID        `json:"owner,omitempty"`
	OwnedBy     *jsonEvidence `json:"owner_evidence,omitempty"`
	OpenedAt    *jsonOpening  `json:"opened_at,omitempty"`
	Members     []TaskID      `json:"members,omitempty"`
	Outstanding *int          `json:"outstanding,omitempty"`
	Detail      jsonDetail    `json:"detail,omitempty"`
	Error       *jsonFailure  `json:"error,omitempty"`
	Evidence    *jsonEvidence `json:"evidence,omitempty"`
	Problems    []jsonProblem `json:"problems,omitempty"`
}

type jsonWaiter struct {
	Task TaskID   `json:"task"`
	Kind WaitKind `json:"kind"`
}

type jsonHolder struct {
	Task     TaskID        `json:"task"`
	Evidence *jsonEvidence `json:"evidence,omitempty"`
}

type jsonResource struct {
	ID      string       `json:"id"`
	Kind    string       `json:"kind"`
	Type    string       `json:"type,omitempty"`
	Address string       `json:"address,omitempty"`
	Detail  jsonDetail   `json:"detail,omitempty"`
	Waiters []jsonWaiter `json:"waiters,omitempty"`
	Holders []jsonHolder `json:"holders,omitempty"`
	Reached []jsonHolder `json:"reached_by,omitempty"`
}

type jsonProblem struct {
	Code        string        `json:"code"`
	Severity    string        `json:"severity"`
	Message     string        `json:"message"`
	Tasks       []TaskID      `json:"tasks,omitempty"`
	Queued      []TaskID      `json:"queued,omitempty"`
	Resources   []string      `json:"resources,omitempty"`
	Groups      []string      `json:"groups,omitempty"`
	Evidence    *jsonEvidence `json:"evidence,omitempty"`
	Fingerprint string        `json:"fingerprint,omitempty"`
	Help        string        `json:"help,omitempty"`
	Suppressed  bool          `json:"suppressed"`
	Reason      string        `json:"reason,omitempty"`
}

type jsonTruncation struct {
	What  string `json:"what"`
	Kept  int    `json:"kept"`
	Total int    `json:"total"`
}

// Package delve is Delve's own debug adapter session over a debugger of ours:
// whatever `dlv dap` can do is done by it, and the debugger's stopped target
// can be read beside it.
//
// A session without a debugger would make one itself at launch or attach, and
// keep it to itself. So [Launch] and [Attach] do that part, as Delve does it,
// and the session is told to attach to a debugger that is there already. All
// other requests go to it unchanged.
package delve

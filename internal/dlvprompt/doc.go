// Package dlvprompt is Delve's own prompt, with all that dlv has at it, and
// one command more: async. What that does is not decided here: whoever runs
// the prompt answers its lines.
//
// Delve's terminal is a client of a server that speaks JSON-RPC. Here both are
// in this process, joined by a pipe, and the debugger between them is ours:
// so that what the command async reads is the target's memory itself.
package dlvprompt

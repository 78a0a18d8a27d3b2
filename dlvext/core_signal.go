package dlvext

import "encoding/binary"

// Linux's signal numbers, the same on amd64 and arm64.
const (
	sigILL  = 4
	sigTRAP = 5
	sigBUS  = 7
	sigFPE  = 8
	sigSEGV = 11
	sigCHLD = 17
	sigCONT = 18
	sigSTOP = 19
	sigTSTP = 20
)

// isFault tells whether the kernel sends the signal with an address.
func isFault(signal int) bool {
	switch signal {
	case sigILL, sigTRAP, sigBUS, sigFPE, sigSEGV:
		return true
	}
	return false
}

// deathSignal returns the signal that ended the process, or nil for a core of
// a process that went on: gcore writes the signal that it stopped it with.
func (n *coreNotes) deathSignal() *Signal {
	s := n.Signal
	if s == nil && n.Cursig > 0 {
		s = &Signal{Number: n.Cursig, TID: n.Threads[0].TID}
	}
	if s == nil {
		return nil
	}
	switch s.Number {
	case 0, sigCHLD, sigCONT, sigSTOP, sigTSTP:
		return nil
	}
	return s
}

// readSignal reads a siginfo_t. Only the first counts: gcore writes one for
// each thread, and the first belongs to the thread that was stopped first.
func (n *coreNotes) readSignal(desc []byte) {
	if n.Signal != nil || len(desc) < 24 {
		return
	}
	n.Signal = &Signal{
		Number: int(int32(binary.LittleEndian.Uint32(desc))),
		Code:   int(int32(binary.LittleEndian.Uint32(desc[8:]))),
	}
	if isFault(n.Signal.Number) && n.Signal.Code > 0 {
		n.Signal.Addr = binary.LittleEndian.Uint64(desc[16:])
	}
	if len(n.Threads) > 0 {
		n.Signal.TID = n.Threads[len(n.Threads)-1].TID
	}
}

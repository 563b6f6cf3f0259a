package main

import "fmt"

// pieces is how a stream's bytes are cut into writes.
type pieces string

const (
	// piecesEvents writes each token's event as one piece, so that a reader that takes a read for an event gets by.
	piecesEvents pieces = "events"
	// piecesMixed cuts some writes in two at any byte, and makes some tokens wait for the next, as many of one as of
	// the other: pieces and events do not coincide, as on a real network, and the number of writes is that of tokens.
	piecesMixed pieces = "mixed"
)

// One write in cutEvery is cut in two. One token in holdEvery waits for the next, which is never held itself; of 16 or
// 32 tokens that saves as many writes as the cuts add.
const (
	cutEvery  = 8
	holdEvery = 7
)

func piecesFrom(text string) (pieces, error) {
	switch pieces(text) {
	case "", piecesEvents:
		return piecesEvents, nil
	case piecesMixed:
		return piecesMixed, nil
	default:
		return "", fmt.Errorf("PIECES is %q: give %s or %s", text, piecesEvents, piecesMixed)
	}
}

// cutter decides by the conversation's seed, apart from its text: the same conversation is always cut the same way.
type cutter struct {
	mixed   bool
	holding bool
	state   uint64
}

func newCutter(p pieces, seed uint64) cutter { return cutter{mixed: p == piecesMixed, state: seed} }

// holds says whether a token waits for the next one's write.
func (c *cutter) holds() bool {
	c.holding = c.mixed && !c.holding && c.next()%holdEvery == 0
	return c.holding
}

// cut is where a write of n bytes is cut in two; 0: it is not.
func (c *cutter) cut(n int) int {
	if !c.mixed || n < 2 || c.next()%cutEvery != 0 {
		return 0
	}
	return 1 + int(c.next()%uint64(n-1))
}

// next is splitmix64.
func (c *cutter) next() uint64 {
	c.state += 0x9e3779b97f4a7c15
	z := c.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

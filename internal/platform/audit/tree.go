package audit

import (
	"context"
	"encoding/binary"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"aromart/internal/platform/db"
)

// row is an entry as it is sealed: every column of it.
type row struct {
	id, seq, at                   int64
	actorKind, action, objectKind string
	actorID, objectID             int64
	fields, reason                string
}

func scanRow(rows *db.Rows, r *row) error {
	return rows.Scan(&r.id, &r.seq, &r.at, &r.actorKind, &r.actorID, &r.action, &r.objectKind, &r.objectID, &r.fields, &r.reason)
}

const selectRows = `SELECT id, seq, at, actor_kind, actor_id, action, object_kind, object_id, fields, reason
	FROM audit_entries WHERE seq > $1 ORDER BY seq LIMIT $2`

// leaf is the hash of the canonical bytes: a version, the numbers at eight
// bytes, each text behind its length. Old rows are verified by it for ever, so
// it never changes; a new column would need a new version.
func (r row) leaf() tlog.Hash {
	b := make([]byte, 0, 192)
	b = append(b, 1)
	for _, n := range []int64{r.id, r.seq, r.at, r.actorID, r.objectID} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	for _, s := range []string{r.actorKind, r.action, r.objectKind, r.fields, r.reason} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return tlog.RecordHash(b)
}

// tree is the right edge of the Merkle tree: the roots of its complete
// subtrees, the largest first. It is all that adding a row needs, so that
// sealing and verifying hold a few hashes whatever the length of the log.
type tree struct {
	size int64
	edge []tlog.Hash
}

// add appends a row and returns the hashes to be stored, in the order of package tlog.
func (t *tree) add(leaf tlog.Hash) []tlog.Hash {
	stored := []tlog.Hash{leaf}
	t.edge = append(t.edge, leaf)
	for n := t.size; n&1 == 1; n >>= 1 { // each complete pair becomes one
		last := len(t.edge) - 1
		t.edge[last-1] = tlog.NodeHash(t.edge[last-1], t.edge[last])
		t.edge = t.edge[:last]
		stored = append(stored, t.edge[last-1])
	}
	t.size++
	return stored
}

// root is the hash that a head signs.
func (t *tree) root() tlog.Hash {
	if len(t.edge) == 0 {
		return tlog.Hash{}
	}
	h := t.edge[len(t.edge)-1]
	for i := len(t.edge) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.edge[i], h)
	}
	return h
}

// loadTree reads the edge of the tree of the first size rows.
func loadTree(ctx context.Context, r db.Reader, size int64) (*tree, error) {
	t := &tree{size: size}
	var start int64
	for level := 62; level >= 0; level-- {
		if size&(1<<level) == 0 {
			continue
		}
		position := tlog.StoredHashIndex(level, start>>level)
		h, err := db.One(ctx, r, scanHash, `SELECT hash FROM audit_hashes WHERE position = $1`, position)
		if err != nil {
			return nil, fmt.Errorf("audit: hash %d: %w", position, err)
		}
		t.edge = append(t.edge, h)
		start += 1 << level
	}
	return t, nil
}

func scanHash(rows *db.Rows, h *tlog.Hash) error {
	var b []byte
	if err := rows.Scan(&b); err != nil {
		return err
	}
	if len(b) != tlog.HashSize {
		*h = tlog.Hash{} // no SHA-256 is known to be this: it will not match
		return nil
	}
	copy(h[:], b)
	return nil
}

// storedCount is how many hashes are stored for n rows.
func storedCount(n int64) int64 {
	if n == 0 {
		return 0 // tlog counts from one
	}
	return tlog.StoredHashCount(n)
}

package search

import "sync"

// storeList gives stores small numbers that base and delta share.
type storeList struct {
	mu   sync.Mutex
	list []Store
	byID map[int64]uint32
}

func newStoreList() *storeList { return &storeList{byID: map[int64]uint32{}} }

// add returns the number of a store. A changed name shows at once in the next snapshot.
func (s *storeList) add(st Store) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.byID[st.ID]
	if !ok {
		n = uint32(len(s.list))
		s.byID[st.ID] = n
		s.list = append(s.list, st)
		return n
	}
	if s.list[n] != st {
		list := make([]Store, len(s.list)) // readers hold the old one
		copy(list, s.list)
		list[n] = st
		s.list = list
	}
	return n
}

func (s *storeList) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.list)
}

func (s *storeList) all() []Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list
}

func (s *storeList) find(id int64) (uint32, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.byID[id]
	return n, ok
}

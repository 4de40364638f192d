package search

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"aromart/internal/kit/errs"
)

// Suggestions are offered while a visitor types.
type Suggestions struct {
	Words      []string // whole queries: what was typed with its last word completed or corrected
	Categories []CategoryCount
	Stores     []Store
	Products   []Card
}

// Bounds of Suggest.
const (
	suggestWords    = 6
	suggestOthers   = 3
	suggestProducts = 4
)

// Suggest completes what was typed so far.
func (ix *Index) Suggest(ctx context.Context, typed string) (*Suggestions, error) {
	s := ix.now.Load()
	if s == nil {
		return nil, errs.New(errs.Unavailable, "search.not_ready")
	}
	out := &Suggestions{}
	var split splitter
	words := slices.Clone(split.split(fold(typed[:min(len(typed), 200)]), false))
	if len(words) == 0 {
		return out, nil
	}
	last := words[len(words)-1].text
	endings := s.completions(last, suggestWords)
	if len(endings) == 0 {
		for _, seg := range s.segs[:1] {
			endings = append(endings, seg.words.near(last)...)
		}
	}
	out.Words = phrases(words, endings)
	out.Categories = s.suggestCategories(words, endings)
	out.Stores = s.suggestStores(words)
	if len(last) < 2 && len(words) == 1 {
		return out, nil
	}
	r, err := s.search(ctx, Query{Text: typed, Limit: suggestProducts, NoFacets: true, prefix: true})
	if err != nil {
		return nil, err
	}
	out.Products = r.Hits
	return out, nil
}

// phrases puts the endings behind the words before.
func phrases(words []word, endings []near) []string {
	var before strings.Builder
	for _, w := range words[:len(words)-1] {
		before.WriteString(w.text)
		before.WriteByte(' ')
	}
	var out []string
	stems := map[string]bool{}
	for _, e := range endings {
		if st := stem(e.word); !stems[st] && len(out) < suggestWords {
			stems[st] = true
			out = append(out, before.String()+e.word)
		}
	}
	return out
}

// suggestCategories finds categories with a name, in any language, that has
// every word typed; the last may be unfinished or mistyped.
func (s *snapshot) suggestCategories(words []word, endings []near) []CategoryCount {
	var out []CategoryCount
	base := s.segs[0]
	typed := typedTerms(words)
	var corrected []string
	for _, e := range endings {
		if e.edits > 0 {
			corrected = append(corrected, stem(e.word))
		}
	}
	for c := uint32(1); c < uint32(len(s.tree.nodes)); c++ {
		if !slices.ContainsFunc(s.tree.terms[c][:], func(name []term) bool { return begins(name, typed, corrected) }) {
			continue
		}
		if n := len(base.inCategory(c, s.tree.nodes[c].end)); n > 0 {
			out = append(out, s.categoryCount(c, n))
		}
	}
	slices.SortStableFunc(out, func(a, b CategoryCount) int { return cmp.Compare(b.Count, a.Count) })
	return out[:min(len(out), suggestOthers)]
}

// StoresNamed are the stores whose name has every word typed; the last may be unfinished.
func (ix *Index) StoresNamed(typed string) []Store {
	s := ix.now.Load()
	if s == nil {
		return nil
	}
	var split splitter
	words := split.split(fold(typed[:min(len(typed), 200)]), false)
	if len(words) == 0 {
		return nil
	}
	return s.suggestStores(words)
}

func (s *snapshot) suggestStores(words []word) []Store {
	var out []Store
	s.named.Do(func() {
		var split splitter
		s.shopTerms = make([][]term, len(s.shops))
		sells := s.selling()
		for i, st := range s.shops {
			if sells[i] { // one that was closed keeps its place in the list, and is found no more
				s.shopTerms[i] = termsOf(&split, st.Name)
			}
		}
	})
	typed := typedTerms(words)
	for i, st := range s.shops {
		if begins(s.shopTerms[i], typed, nil) {
			if out = append(out, st); len(out) == suggestOthers {
				break
			}
		}
	}
	return out
}

// selling marks the stores that have a product here.
func (s *snapshot) selling() []bool {
	sells := make([]bool, len(s.shops))
	for i, seg := range s.segs {
		for d, store := range seg.store {
			if !s.isDead(i, uint32(d)) {
				sells[store] = true
			}
		}
	}
	return sells
}

func typedTerms(words []word) []term {
	out := make([]term, len(words))
	for i, w := range words {
		out[i] = term{w.text, stem(w.text)}
	}
	return out
}

// begins reports that name holds every word typed, the last at least in its
// beginning or as one of the stems that a correction has.
func begins(name, typed []term, corrected []string) bool {
	for i, w := range typed {
		ok := slices.ContainsFunc(name, func(n term) bool {
			if n.text == w.text || n.stem == w.stem {
				return true
			}
			return i == len(typed)-1 && (strings.HasPrefix(n.text, w.text) || slices.Contains(corrected, n.stem))
		})
		if !ok {
			return false
		}
	}
	return true
}

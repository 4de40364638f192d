package journey

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"aromart/internal/trade/order"
)

var (
	codeInMail    = regexp.MustCompile(`type this code there: (\d{6})`)
	copyLink      = regexp.MustCompile(`/orders/[0-9A-Z-]+/data/copy/[A-Za-z0-9_-]+`)
	receiptOnPage = regexp.MustCompile(`/privacy/receipt/([0-9A-Z-]{24})`)
)

// code is the newest code that was mailed for the order.
func (s *shop) code(number string) (code string) {
	s.Helper()
	for _, mail := range s.letters() {
		mail = strings.ReplaceAll(mail, "=\r\n", "")
		if m := codeInMail.FindStringSubmatch(mail); m != nil && strings.Contains(mail, number) {
			code = m[1]
		}
	}
	if code == "" {
		s.Fatal("no mail brought a code")
	}
	return code
}

// TestAGuestServesHisOwnRights walks a guest's data pages without script: from
// the order's link over the code to copy, correction, question and deletion.
func TestAGuestServesHisOwnRights(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b := s.victim("lamp")
		page := "/orders/" + b.number + "/data"
		if p := b.get("/orders/" + b.number); !strings.Contains(p.body, page) {
			t.Fatal("the order does not lead to its data")
		}
		// The link alone shows nothing and does nothing.
		before := b.get(page)
		s.shows("the page before the code", before)
		for _, act := range []string{"copy", "erase", "correct", "ask", "withdraw"} {
			s.unchanged(act, func() {
				if p := b.post(page+"/"+act, "name", "X"); p.code != http.StatusSeeOther || p.location != page {
					t.Errorf("%s without the code: %d %s", act, p.code, p.location)
				}
			})
		}
		b.post(page + "/code")
		code := s.code(b.number)
		if p := b.post(page+"/prove", "code", "12"); p.code != http.StatusUnprocessableEntity || !strings.Contains(p.body, "This code is not right") {
			t.Errorf("a wrong code: %d", p.code)
		}
		if p := b.post(page+"/prove", "code", code); p.code != http.StatusSeeOther {
			t.Fatalf("the right code: %d %.300s", p.code, p.body)
		}
		p := b.get(page)
		for _, want := range []string{"CANARY-name", "CANARY-street", "phone number", "preventing fraud", "2 years after the order is closed", "Lanka Lights", "told the seller what to pack"} {
			if !strings.Contains(html.UnescapeString(p.body), want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		// Somebody else who holds only the link gets no further by it.
		thief := s.visitor()
		thief.jar["__Host-g"] = b.token
		s.shows("the link without the code", thief.get(page))

		b.post(page + "/copy")
		s.letters()
		link := copyLink.FindString(b.get(page).body)
		if p := b.get(link); p.code != 200 || !strings.HasPrefix(p.body, "PK") || p.header.Get("Content-Type") != "application/zip" {
			t.Errorf("the copy %q: %d", link, p.code)
		}
		if p := thief.get(link); p.code != http.StatusSeeOther {
			t.Errorf("the copy without the code: %d", p.code)
		}
		if p := b.post(page+"/ask", "kind", "question", "question", "Who are you? My password is CANARYhunter2"); p.location != page+"?done=asked&masked=1" {
			t.Errorf("a question: %d %s %.300s", p.code, p.location, p.body)
		}
		if p := b.get(page + "?done=asked&masked=1"); !strings.Contains(p.body, "We struck out") || strings.Contains(p.body, "CANARYhunter2") {
			t.Error("the writer is not told, or the password was kept")
		}
		if p := b.post(page+"/correct", "name", "CANARY-name", "phone", "0705551234", "recipient", "CANARY-recipient", "street", "CANARY-street 2", "area", "CANARY-landmark", "note", "CANARY-note"); p.location != page+"?done=corrected" {
			t.Errorf("a correction: %d %.300s", p.code, p.body)
		}
		b.post(page + "/erase")
		p = b.get(page)
		m := receiptOnPage.FindStringSubmatch(p.body)
		if m == nil || !strings.Contains(p.body, "change your mind") {
			t.Fatalf("a deletion: %.600s", p.body)
		}
		if p := b.post(page + "/erase"); p.code != http.StatusUnprocessableEntity {
			t.Errorf("a second deletion: %d", p.code)
		}
		receipt := s.visitor().get("/privacy/receipt/" + m[1])
		s.shows("the receipt", receipt)
		if receipt.code != 200 || !strings.Contains(receipt.body, "Deletion") || s.visitor().get("/privacy/receipt/0000-0000-0000-0000-0000").code != 404 {
			t.Errorf("the receipt: %d", receipt.code)
		}
		if p := b.post(page+"/withdraw", "request", m[1]); p.location != page+"?done=withdrawn" {
			t.Errorf("withdrawing: %d %.300s", p.code, p.body)
		}
		if p := b.get("/si" + page); p.code != 200 || !strings.Contains(p.body, "ඔබේ දත්ත") {
			t.Errorf("in Sinhala: %d", p.code)
		}
		if p := b.get("/ta" + page); p.code != 200 || !strings.Contains(p.body, "உங்கள் தரவு") {
			t.Errorf("in Tamil: %d", p.code)
		}
	})
}

// TestNotesHoldNoSecrets: what looks like a password or a card number in a note is never kept.
func TestNotesHoldNoSecrets(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for who, v := range map[string]*visitor{"a guest": s.visitor(), "a customer": s.customer("anura@example.com")} {
			v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
			f := v.form()
			f.Set("note", "My card 4111 1111 1111 1111, password: hunter2")
			p := v.do("POST", "/checkout", f)
			if !strings.HasSuffix(p.location, "?placed=1&masked=1") {
				t.Fatalf("%s: %d %s", who, p.code, p.location)
			}
			if shown := v.get(p.location); !strings.Contains(shown.body, "We struck out") {
				t.Errorf("%s is not told", who)
			}
		}
		for _, note := range s.strings(`SELECT note FROM order_contacts`) {
			if strings.Contains(note, "1111") || strings.Contains(note, "hunter2") {
				t.Errorf("kept: %q", note)
			}
		}
	})
}

// TestNoEmailNoCode: whoever gave no address is told how else.
func TestNoEmailNoCode(t *testing.T) {
	s := open(t, sqlite(t))
	v := s.visitor()
	v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
	f := v.form()
	f.Del("email")
	m := orderPath.FindStringSubmatch(v.do("POST", "/checkout", f).location)
	if m == nil {
		t.Fatal("the order was not taken")
	}
	if p := v.get("/orders/" + order.CleanNumber(m[1]) + "/data"); p.code != 200 || !strings.Contains(p.body, "+94 11 200 0000") || strings.Contains(p.body, "/data/code") {
		t.Errorf("without an address: %d", p.code)
	}
}

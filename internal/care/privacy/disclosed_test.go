package privacy_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/contact"
	"aromart/internal/people/auth"
	"aromart/internal/people/notice"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
	"aromart/internal/trade/letter"
)

// carrier is an outside mail provider, which remembers nothing.
type carrier struct{}

func (carrier) Send(context.Context, mail.Message) error { return nil }

// outside lets an outside provider carry the mails from now on.
func (tw *town) outside() *auth.Desk {
	desk := auth.NewDesk(tw.db, "aromart", tw.master.Key)
	desk.Provider = "mail.example"
	texts, err := mail.OpenTexts(tw.dir)
	tw.must(err)
	tw.runner = &job.Runner{DB: tw.db, Clock: tw.keeper.Clock}
	tw.keeper.Register(tw.runner)
	(&letter.Office{DB: tw.db, Market: tw.keeper.Market, Links: tw.links, Sender: carrier{}, Texts: texts, BaseURL: "https://shop.example", Name: "Aromart", Provider: "mail.example"}).Register(tw.runner)
	(&notice.Writer{DB: tw.db, Market: tw.keeper.Market, Desk: desk, Mails: carrier{}, Texts: texts, Clock: tw.keeper.Clock, BaseURL: "https://shop.example", Name: "Aromart", Provider: "mail.example"}).Register(tw.runner)
	return desk
}

// seen are the disclosures of an account without its orders, the newest first.
func (tw *town) seen(login int64) []disclosure.Disclosure {
	tw.Helper()
	list, err := disclosure.Of(tw.Context(), tw.db, login, nil, 100)
	tw.must(err)
	return list
}

// TestWhoCarriesTheLettersOfAnAccountIsNamed: reset link, notice, answer to a
// request, and the code of a registration each name the provider, once, to the
// owner and nobody else; the copy has them, and they go with the account.
func TestWhoCarriesTheLettersOfAnAccountIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		login, other := tw.login("CANARY-anura", "+94705559876"), tw.login("CANARY-bimal", "+94705551111")
		address := auth.Address{Email: contact.NewEmail("canary-anura@example.com")}
		local := auth.NewDesk(d, "aromart", tw.master.Key)
		tw.must(local.SendReset(t.Context(), address, "en", tw.now))
		tw.outbox("") // the letters of the outbox reach nobody
		if list := tw.seen(login); len(list) != 0 {
			t.Fatalf("disclosed: %+v", list)
		}
		desk := tw.outside()
		tw.work()
		_, err := tw.askAs(login, privacy.Question, "What do you keep?")
		tw.must(err)
		tw.write(func(tx *db.Tx) error {
			s, err := privacy.Account(t.Context(), tx, login)
			if err != nil {
				return err
			}
			list, err := privacy.Of(t.Context(), tx, s)
			if err != nil {
				return err
			}
			return privacy.Refuse(t.Context(), tx, operator, &list[0], "nothing_kept", "", tw.now)
		})
		tw.must(desk.SendReset(t.Context(), auth.Address{Email: contact.NewEmail("nobody@example.com")}, "en", tw.now))
		tw.work()
		got := tw.seen(login)
		if len(got) != 2 || !slices.Equal(got[0].Kinds, disclosure.Notice) || !slices.Equal(got[1].Kinds, disclosure.Mailbox) {
			t.Fatalf("disclosed: %+v", got)
		}
		for _, s := range got {
			if s.Recipient != disclosure.Provider || s.Name != "mail.example" || s.Purpose != policy.UseMail || s.Act != "mail.letter" || s.Login != login || s.Order != 0 {
				t.Errorf("disclosed: %+v", s)
			}
		}
		if list := tw.seen(other); len(list) != 0 {
			t.Errorf("of somebody else: %+v", list)
		}
		form, err := desk.Register(t.Context(), auth.Registration{Address: auth.Address{Email: contact.NewEmail("new@example.com")}, Name: contact.NewName("New"), Password: "seven green boats", Language: "en"}, tw.now)
		tw.must(err)
		tw.work()
		in, err := desk.FinishRegistration(t.Context(), form, desk.Code(&auth.Proof{PublicID: form, Purpose: "register"}), auth.Origin{}, tw.now)
		tw.must(err)
		if list := tw.seen(in.Login.ID); len(list) != 1 || !slices.Equal(list[0].Kinds, disclosure.Mailbox) || !list[0].At.Equal(tw.now) {
			t.Errorf("of a registration: %+v", list)
		}

		s, err := privacy.Account(t.Context(), d, login)
		tw.must(err)
		archive, err := privacy.Archive(t.Context(), d, tw.keeper.Market, s, "en", tw.now)
		tw.must(err)
		files := unzip(t, archive)
		var doc struct{ Data map[string][]map[string]any }
		tw.must(json.Unmarshal([]byte(files["data.json"]), &doc))
		if rows := doc.Data["login_disclosures"]; len(rows) != 2 || rows[0]["name"] != "mail.example" || !strings.Contains(files["data.html"], "mail.example") {
			t.Errorf("the copy: %v", rows)
		}
		for _, mark := range []string{"canary-anura", "CANARY-anura", "+94705559876"} {
			if strings.Contains(tw.everywhere()["table login_disclosures"], mark) {
				t.Errorf("a disclosure holds %s", mark)
			}
		}
		q, err := tw.keeper.EraseNow(t.Context(), s, operator)
		if err != nil || !slices.ContainsFunc(q.Receipt.Erased, func(e privacy.Erased) bool { return e.Table == "login_disclosures" && e.Deleted && e.Rows == 2 }) {
			t.Errorf("the receipt: %+v, %v", q.Receipt, err)
		}
		if list := tw.seen(login); len(list) != 0 || len(tw.seen(in.Login.ID)) != 1 {
			t.Errorf("left: %+v, or somebody else's went", list)
		}
		// The letter that says so finds nobody, and records nothing.
		tw.work()
		if tw.count(`SELECT count(*) FROM login_disclosures`) != 1 {
			t.Error("something was recorded of an account that is gone")
		}
	})
}

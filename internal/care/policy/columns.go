package policy

import "strings"

// Category is a kind of data, by its Fideslang key.
type Category string

// The categories that exist here. A kind of data outside this list is not collected (P06).
const (
	Operations      Category = "system.operations" // says nothing about a person who buys
	Name            Category = "user.name"
	Email           Category = "user.contact.email"
	Phone           Category = "user.contact.phone_number"
	Street          Category = "user.contact.address.street"
	City            Category = "user.contact.address.city"
	Region          Category = "user.contact.address.state"
	PostalCode      Category = "user.contact.address.postal_code"
	Country         Category = "user.contact.address.country"
	AccountSettings Category = "user.account.settings"
	Password        Category = "user.authorization.password"
	Purchases       Category = "user.behavior.purchase_history"
	PrivateText     Category = "user.content.private"
	CookieID        Category = "user.device.cookie_id"
	Device          Category = "user.device" // the kind of browser and machine, no address and no fingerprint
	Pseudonym       Category = "user.unique_id.pseudonymous"
)

// personal are the categories that tell something about a person, in the order in which a table names them.
var personal = []Category{Name, Email, Phone, Street, City, Region, PostalCode, Country, Purchases, PrivateText,
	AccountSettings, Password, CookieID, Device, Pseudonym}

// Use is a purpose, by its Fideslang key.
type Use string

// The uses that exist here (P15). None is marketing, advertising, profiling or training.
const (
	UseService        Use = "essential.service"
	UseAuthentication Use = "essential.service.authentication"
	UseSupport        Use = "essential.service.operations.support"
	UseMail           Use = "essential.service.notifications.email"
	UseSecurity       Use = "essential.service.security"
	UseFraud          Use = "essential.fraud_detection"
	UseLegal          Use = "essential.legal_obligation"
	UseSharing        Use = "third_party_sharing" // the seller of the item and the courier, for delivering it
)

// Uses lists all purposes.
func Uses() []Use {
	return []Use{UseService, UseAuthentication, UseSupport, UseMail, UseSecurity, UseFraud, UseLegal, UseSharing}
}

// Recipient is who may get a value besides the program itself.
type Recipient string

// The recipients.
const (
	ToPublic  Recipient = "public"
	ToPerson  Recipient = "person" // the one it is about
	ToSeller  Recipient = "seller" // of the item, as far as the field grants go
	ToCourier Recipient = "courier"
	ToSupport Recipient = "support"
	ToAuditor Recipient = "auditor"
)

// Recipients lists all of them, the person first.
func Recipients() []Recipient {
	return []Recipient{ToPerson, ToSeller, ToCourier, ToSupport, ToAuditor, ToPublic}
}

// Retention names the rule that ends a value's life.
type Retention string

// The retention rules. The days stand in the market profile, so that the law
// of a market decides them.
const (
	WhileUsed        Retention = "while_used"         // as long as the thing itself exists
	OrderContactDays Retention = "order_contact_days" // market.Retention.OrderContact after the order is closed
	OrderBookDays    Retention = "order_book_days"    // market.Retention.OrderBooks
	AuditForever     Retention = "audit_forever"      // ids and field names only
	DayAfterUse      Retention = "day_after_use"      // at least a day, for retries
	SentMailDays     Retention = "sent_mail_days"     // market.Retention.SentMail after it was sent
	WhileAccount     Retention = "while_account"      // as long as the login exists
	PrivacyProofDays Retention = "privacy_proof_days" // market.Retention.PrivacyProof after the request was closed
	UntilExpiry      Retention = "until_expiry"       // the row itself says when it ends
	ProofDays        Retention = "proof_days"         // seven days after a link or code is over
	SessionDays      Retention = "session_days"       // seven days after a session is over
)

// Retentions lists all rules, the shortest first.
func Retentions() []Retention {
	return []Retention{WhileUsed, UntilExpiry, DayAfterUse, ProofDays, SessionDays, SentMailDays, OrderContactDays, PrivacyProofDays, OrderBookDays, WhileAccount, AuditForever}
}

// Erasure is what happens to a value when the person has it erased.
type Erasure string

// The ways of erasing.
const (
	Keep   Erasure = "keep"   // no person can be told from it, or the law demands it
	Blank  Erasure = "blank"  // the row stays for the books, the value is emptied
	Delete Erasure = "delete" // the row goes
)

// Erasures lists all ways.
func Erasures() []Erasure { return []Erasure{Delete, Blank, Keep} }

// Column says what a column of the database holds about whom, and what may be done with it.
type Column struct {
	Table      string      `json:"table"`
	Column     string      `json:"column"`
	Category   Category    `json:"category"`
	Uses       []Use       `json:"uses"`
	Recipients []Recipient `json:"recipients"`
	Retention  Retention   `json:"retention"`
	OnErase    Erasure     `json:"on_erase"`
	InExport   bool        `json:"in_export"` // part of the copy a person gets of his data
	InLogs     bool        `json:"in_logs"`   // may stand in a log line
}

// Personal reports whether the column tells something about a person.
func (c Column) Personal() bool { return c.Category != Operations }

// treatment is what columns of the same kind have in common.
type treatment struct {
	category  Category
	uses      []Use
	to        []Recipient
	retention Retention
	erase     Erasure
	export    bool
	logs      bool
}

var (
	internal = treatment{Operations, []Use{UseService}, nil, WhileUsed, Keep, false, true}
	shown    = treatment{Operations, []Use{UseService}, []Recipient{ToPublic}, WhileUsed, Keep, false, false}
	sellers  = treatment{Operations, []Use{UseService}, []Recipient{ToSeller, ToSupport}, WhileUsed, Keep, false, false}

	// What was bought, for how much and what became of it: the books keep it without the person.
	bought = treatment{Purchases, []Use{UseService, UseSupport, UseLegal}, []Recipient{ToPerson, ToSeller, ToSupport, ToAuditor}, OrderBookDays, Keep, true, false}
	// Ids and times of orders, which logs need to tell one from another.
	steps = treatment{Purchases, []Use{UseService, UseSupport, UseLegal}, []Recipient{ToPerson, ToSeller, ToSupport, ToAuditor}, OrderBookDays, Keep, true, true}
	// Whole-order figures are nothing for a seller, who knows his part only.
	whole = treatment{Purchases, []Use{UseService, UseSupport, UseLegal}, []Recipient{ToPerson, ToSupport, ToAuditor}, OrderBookDays, Keep, true, false}
	// What the marketplace and a seller have with each other.
	books = treatment{Purchases, []Use{UseService, UseLegal}, []Recipient{ToSeller, ToAuditor}, OrderBookDays, Keep, false, false}

	label   = []Recipient{ToPerson, ToSeller, ToCourier, ToSupport}
	deliver = []Use{UseService, UseSupport, UseSharing}

	actor = treatment{Pseudonym, []Use{UseSecurity, UseLegal}, []Recipient{ToAuditor}, AuditForever, Keep, false, true}
)

// contact is a field of an order that a label or a call needs.
func contact(c Category) treatment {
	return treatment{c, deliver, label, OrderContactDays, Blank, true, false}
}

// member is a field of somebody who signs in to work here.
func member(c Category) treatment {
	return treatment{c, []Use{UseAuthentication, UseSecurity}, []Recipient{ToPerson}, WhileAccount, Delete, true, false}
}

// trader is a contact of a seller, who is a business but may be a person too.
func trader(c Category) treatment {
	return treatment{c, []Use{UseService, UseMail, UseLegal}, []Recipient{ToPerson, ToSupport}, WhileUsed, Blank, true, false}
}

// entry is a list of columns of a table that are treated alike.
type entry struct {
	table string
	treatment
	columns string
}

// Columns classifies every column of the database. A test compares the list
// with the schema of both engines, so that a column without a class breaks
// the build.
func Columns() []Column {
	var out []Column
	for _, part := range [][]entry{platformColumns, goodsColumns, orderColumns, policyColumns, privacyColumns, accountColumns} {
		for _, e := range part {
			for name := range strings.FieldsSeq(e.columns) {
				out = append(out, Column{e.table, name, e.category, e.uses, e.to, e.retention, e.erase, e.export, e.logs})
			}
		}
	}
	return out
}

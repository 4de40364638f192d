package ui

// Sum is a line of a calculation.
type Sum struct {
	Text, Amount string
	Muted        bool // informational: a tax share that the total already contains
}

// CartView fills the cart page.
type CartView struct {
	Groups  []Parcel
	Off     []CartLine // sold out or withdrawn: kept, marked, not in the total
	Sums    []Sum
	Total   string // cash at the door
	City    string
	Blocked string // why this cart cannot be ordered now
	Changed bool   // something in it changed since it was added
	Stored  bool   // kept in the account, not on this device
}

// Parcel is one seller's part of a cart or of a checkout.
type Parcel struct {
	Heading  string // "Parcel 1 of 2"
	Store    Link
	Arrives  string // "Arrives Friday 27 to Sunday 29 November"
	Delivery string // "Rs 250 delivery"
	Problem  string // why it cannot be delivered
	Lines    []CartLine
	Method   string // name of the field of Methods
	Methods  []Choice
}

// CartLine is a line of a cart or a checkout.
type CartLine struct {
	Href, Title, Options string
	Variant              string // public id
	Price, Total         string // of one, of the line
	Note                 string // "The price was Rs 1,150 when you added it.", "Only 2 left"
	Off                  string // why it cannot be bought; then Price and Total are empty
	Picture              Picture
	Quantity, Max        int64
}

// CheckoutView fills the one page of the checkout. Its form is posted to
// /checkout with the names of its fields.
type CheckoutView struct {
	Problems []Problem
	Hidden   []Param // idempotency key, expected total, policy version
	Fields   []Field // what is always seen: name, phone, address
	City     Field   // the last of them
	Cities   []ChoiceGroup
	More     []Field // folded: e-mail, note, who else receives
	MoreOpen bool
	Changed  string // the total is another than the one that was seen

	Parcels []Parcel
	Sums    []Sum
	Total   string // cash at the door
	Sees    string // which sellers see which data
	Confirm string // that a code will be asked for, when the amount demands it

	Addresses []Choice // the saved addresses of an account and, last, another one; nil for a guest
	Other     bool     // another address is being entered
}

// OrderView fills the confirmation and the page of an order.
type OrderView struct {
	Number  string
	Placed  bool   // just now: thanks and what happens next
	Name    string // first name, for the thanks
	Status  string
	Tone    string // "ok", "info", "warn", "bad"
	Date    string
	Cash    string // what is still to be paid; "" when nothing is
	Next    []Step
	Parts   []OrderPart
	Sums    []Sum
	Total   string
	Contact []Fact // name, masked phone, address
	SentTo  string // "We sent the confirmation to n•••@example.com."
	Receipt string // address of the receipt
	Data    string // address of what is kept of the person
	Notice  string // what the last action did

	Secret string       // the secret address of the order, for the buyer to keep; "" when it was mailed
	Again  []Param      // what the form that orders the same again sends; nil for a guest
	Lines  []string     // the whole address, for the customer of an account
	Keep   *AccountForm // with a password the order becomes part of an account
	Back   *Link        // to the list of orders

	Confirm   string // where the code goes that confirms the order; "" when nothing waits
	ConfirmBy string // until when, in words
}

// OrderPart is one seller's part of an order.
type OrderPart struct {
	Heading   string
	Store     Link
	Status    string
	Tone      string
	Arrives   string
	Late      string
	Steps     []Step
	Lines     []CartLine
	Sums      []Sum
	Cancel    string // where the cancel form goes; "" when it is too late
	CancelHid []Param
	Until     string // "You can cancel until it is handed over."
}

// Step is a state of an order, past, present or to come.
type Step struct {
	Text, When    string
	Done, Current bool
}

// TrackView fills the form that mails the link of an order.
type TrackView struct {
	Problems []Problem
	Fields   []Field
	Sent     bool // answered, whether or not there is such an order
}

// ReceiptView fills the printable receipt.
type ReceiptView struct {
	Number, Date string
	Operator     []string
	To           []string
	Parts        []ReceiptPart
	Sums         []Sum
	Total        string
	Paid         string // "Cash on delivery, due" or "Paid in cash on 29 November 2026"
	Back         string // to the order
}

// ReceiptPart is one seller's part of a receipt.
type ReceiptPart struct {
	Seller string // name, legal name, registration
	Ended  string // that it was not delivered and nothing is due; then the rest is empty
	Lines  []ReceiptLine
	Sums   []Sum
	Total  string
}

// ReceiptLine is a line as it was sold.
type ReceiptLine struct{ Title, Options, Quantity, Price, Total string }

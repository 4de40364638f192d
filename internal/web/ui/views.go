package ui

// Card is a product in a list. Every text is ready to be shown.
type Card struct {
	Href     string
	Title    string
	Lang     string // of the title, when it is not the page's
	Store    string
	Price    string
	From     bool   // the lowest price of several
	Was      string // "" without
	Arrives  string // "Arrives 27 to 29 November"
	Delivery string // "Rs 2,950 with delivery", "" when it does not come
	Left     string // "2 left", only when true
	SoldOut  bool
	Picture  Picture
}

// Tile is a category with its picture.
type Tile struct {
	Href, Name string
	Count      string // "143 products"
	Picture    Picture
}

// HomeView fills the home page.
type HomeView struct {
	Sellers   int // stores with something for sale
	Tiles     []Tile
	MoreTiles []Tile // folded away
	More      string // "9 more categories"
	Popular   []Card
	Fresh     []Card
	Stores    []Tile
}

// CategoryView fills the page of a category that has categories below it.
type CategoryView struct {
	Name    string
	Intro   string
	Crumbs  []Link
	Tiles   []Tile
	Popular []Card
	All     Link // to the list of everything here; Text has the number
}

// ListView fills a list of products: a category, a search, a store.
type ListView struct {
	Heading    string
	Crumbs     []Link
	Understood []string // what was understood other than typed
	Offer      *Link    // another spelling that finds more
	Store      *StoreHead

	Total  string // "143 products"
	Range  string // "1 to 24"
	Below  []Link // categories below or found, with their numbers
	Stores []Link // stores whose name was found

	SearchIn string // label of the search field inside a store; "" without
	Typed    string // what stands in it

	Action string  // where the forms of this page go
	Keep   []Param // query that the price form keeps
	Sort   []Choice
	Price  *PriceFilter
	Facets []Facet
	On     int // number of active filters
	Chips  []Link
	Clear  string // address without filters

	Cards []Card
	Pager Pager
	Empty *EmptyView
}

// Param is a parameter of a query.
type Param struct{ Name, Value string }

// Choice is an option of a select or a radio button.
type Choice struct {
	Value, Text string
	Selected    bool
	Disabled    bool
}

// PriceFilter is the pair of price fields.
type PriceFilter struct {
	Unit             string // "Rs"
	Min, Max         string // what is set
	Lowest, Highest  string // of what is found, as hints
	KeepWithoutPrice []Param
}

// Facet is one group of filter links.
type Facet struct {
	Name   string
	Values []FacetValue // the first FacetOpen are shown at once
	More   string       // "12 more", when there are more
}

// FacetOpen is how many values of a facet are not folded away.
const FacetOpen = 6

// FacetValue is one filter: a link that switches it on or off.
type FacetValue struct {
	Href, Text, Count string
	On                bool
}

// Pager is the pages of a list as links.
type Pager struct {
	Prev, Next string
	Pages      []NavLink // Href "" is a gap
}

// EmptyView says what to do when nothing was found.
type EmptyView struct {
	Sentence string // what was looked for
	Nearest  []Tile
	Clear    string // address without filters, when there are some
}

// StoreHead is the head of a store page.
type StoreHead struct {
	Name, Tagline, About string
	Place, Since         string
	Products             string // "143 products"
	Packs                string // "Packs within 1 working day"
	Returns              string // "Returns within 14 days"
	LegalName            string
	Registration         string
	Picture              Picture
}

// ProductView fills a product page.
type ProductView struct {
	Crumbs   []Link
	Title    string
	Lang     string // of the title, when it is not the page's
	Brand    string
	Pictures []Picture

	Price    string
	From     bool
	Was      string
	Save     string // "You save Rs 300"
	Delivery string // "Rs 250 delivery", "Free delivery", "" when it cannot go there
	Door     string // cash total at the door for one piece
	NoWay    string // why it cannot be delivered to the city
	Fee      string // "including Rs 50 cash fee"
	Arrives  string // "Arrives Friday 27 to Sunday 29 November"
	City     string

	Choice   string // name of the choice: "Color and size"
	Variants []VariantChoice
	Select   bool // many variants: a select instead of buttons
	Left     string
	SoldOut  bool
	MaxQty   int64
	Error    string // why the last attempt to add failed

	Store    *SellerLine
	Returns  string
	Facts    []Fact
	Body     string // cleaned HTML
	BodyLang string
	Similar  []Card
	More     Link // to the category
}

// VariantChoice is one thing that can be bought.
type VariantChoice struct {
	ID      string // public id, the value of the field "variant"
	Group   string // the value of the first option, when there are several
	Text    string // the values of the others
	Price   string // when prices differ
	SoldOut bool
	Chosen  bool
}

// SellerLine says who sells.
type SellerLine struct {
	Href, Name, Place, Since, Packs string
}

// Fact is a row of a table.
type Fact struct{ Name, Value string }

// PolicyView fills a page of text: privacy, terms, returns, cookies.
type PolicyView struct {
	Title    string
	Draft    bool
	Version  string // "Version 1, in force since 23 November 2026"
	Hash     string // "Checksum of the text: 3f…"
	Upcoming string // that another version has a date; "" without
	Summary  []string
	Sections []PolicySection
	Changes  []PolicyChange
}

// PolicySection is a part of a policy with its anchor.
type PolicySection struct {
	ID, Title  string
	Paragraphs []string
	List       []string
	Link       *Link  // the page that keeps the promise
	Promises   []Link // to where each is checked
	Table      *Table
}

// PolicyChange is what another version changes in one section.
type PolicyChange struct {
	Href, Title    string
	Removed, Added []string
}

// PromisesView fills the page that tells how each promise is kept.
type PromisesView struct {
	Draft    bool
	Version  string
	Run      string // what the last run of the checks found
	Failed   bool
	Promises []PromiseView
}

// PromiseView is one promise with its proofs.
type PromiseView struct {
	ID, Text string
	Kept     *Link
	Tests    []string
	Checks   []CheckView
}

// CheckView is what the server found about itself.
type CheckView struct {
	Text, State string
	Failed      bool
}

// DataView fills the data map in words.
type DataView struct {
	Draft   bool
	Version string
	Kinds   *Table
	Columns *Table // the same, column by column
}

// Table is a plain table.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// ErrorView fills an error page.
type ErrorView struct {
	Status              int
	Title, Message      string
	Hint, RequestID     string
	ShowSearch, ShowAll bool
	Tiles               []Tile
}

// PreferencesView fills the page where city, language and theme are chosen.
type PreferencesView struct {
	Next    string
	Groups  []ChoiceGroup
	Themes  []Choice
	Saved   bool
	HasCity bool
}

// ChoiceGroup is an optgroup.
type ChoiceGroup struct {
	Name    string
	Choices []Choice
}

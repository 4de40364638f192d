package ui

// icons are small line drawings from Lucide (ISC license, static/tiles/LICENSE).
// They say nothing that a word beside them does not say.
var icons = map[string]string{
	"cart":    open + `<path d="m2.05 2.05 1.099-.028a1 1 0 0 1 1.008.815l2.69 14.347A1 1 0 0 0 7.83 18H18"/><path d="M4.563 5h16.435a1 1 0 0 1 .981 1.204l-1.026 6.226A2 2 0 0 1 18.962 14H6.25"/><circle cx="18" cy="20" r="2"/><circle cx="8" cy="20" r="2"/></svg>`,
	"user":    open + `<path d="M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2"/><circle cx="12" cy="7" r="4"/></svg>`,
	"search":  open + `<path d="m21 21-4.34-4.34"/><circle cx="11" cy="11" r="8"/></svg>`,
	"pin":     open + `<path d="M20 10c0 4.993-5.539 10.193-7.399 11.799a1 1 0 0 1-1.202 0C9.539 20.193 4 14.993 4 10a8 8 0 0 1 16 0"/><circle cx="12" cy="10" r="3"/></svg>`,
	"truck":   openTurn + `<path d="M14 18V6a2 2 0 0 0-2-2H4a2 2 0 0 0-2 2v11a1 1 0 0 0 1 1h2"/><path d="M15 18H9"/><path d="M19 18h2a1 1 0 0 0 1-1v-3.65a1 1 0 0 0-.22-.624l-3.48-4.35A1 1 0 0 0 17.52 8H14"/><circle cx="17" cy="18" r="2"/><circle cx="7" cy="18" r="2"/></svg>`,
	"cash":    open + `<rect width="20" height="12" x="2" y="6" rx="2"/><circle cx="12" cy="12" r="2"/><path d="M6 12h.01M18 12h.01"/></svg>`,
	"back":    openTurn + `<path d="M9 14 4 9l5-5"/><path d="M4 9h10.5a5.5 5.5 0 0 1 5.5 5.5a5.5 5.5 0 0 1-5.5 5.5H11"/></svg>`,
	"check":   open + `<path d="M20 6 9 17l-5-5"/></svg>`,
	"x":       open + `<path d="M18 6 6 18"/><path d="m6 6 12 12"/></svg>`,
	"store":   open + `<path d="M15 21v-5a1 1 0 0 0-1-1h-4a1 1 0 0 0-1 1v5"/><path d="M17.774 10.31a1.12 1.12 0 0 0-1.549 0 2.5 2.5 0 0 1-3.451 0 1.12 1.12 0 0 0-1.548 0 2.5 2.5 0 0 1-3.452 0 1.12 1.12 0 0 0-1.549 0 2.5 2.5 0 0 1-3.77-3.248l2.889-4.184A2 2 0 0 1 7 2h10a2 2 0 0 1 1.653.873l2.895 4.192a2.5 2.5 0 0 1-3.774 3.244"/><path d="M4 10.95V19a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-8.05"/></svg>`,
	"printer": open + `<path d="M6 18H4a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2h-2"/><path d="M6 9V3a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v6"/><rect x="6" y="14" width="12" height="8" rx="1"/></svg>`,
}

const (
	open     = `<svg class="i" viewBox="0 0 24 24" aria-hidden="true">`
	openTurn = `<svg class="i turn" viewBox="0 0 24 24" aria-hidden="true">` // mirrored in a right-to-left page

	logo = `<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#0b5e4f"/><path d="M16 5.500c5.600 5.200 7.600 9 7.600 12.600a7.600 7.600 0 0 1-15.200 0c0-3.600 2-7.400 7.600-12.600z" fill="#f2b632"/><path d="M16 13.500c2.600 2.500 3.500 4.200 3.500 5.900a3.500 3.500 0 0 1-7 0c0-1.700.9-3.400 3.500-5.900z" fill="#0b5e4f"/></svg>`
)

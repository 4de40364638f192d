// Command aromart is the marketplace: shop, API and the operator's commands in
// one program.
//
// A tour of the code, in the order in which a visit to the shop runs through it:
//
//   - house.go opens everything in the order in which it stands: database,
//     secrets, pictures, market profile, search index, checkout desk. Nothing
//     else wires packages together.
//   - serve.go runs the shop until it is stopped: listen.go says where and how
//     it is reached, faces.go puts the faces on a web.Server, jobs.go starts what
//     goes on beside the requests.
//   - errand.go lets a command be done by the process that has the embedded
//     database open, over the socket of platform/control.
//   - internal/web answers a request: host, origin, rate, actor and policy
//     first (people/access), then the handler of a face: web/storefront and
//     web/customer for pages, web/api for programs. A face reads, calls the
//     domain, and fills a view of web/ui.
//   - internal/goods is what is sold: catalog and inventory in the database,
//     search in memory, exchange for import and export.
//   - internal/trade is how it is sold: cart, checkout (one quote, one
//     transaction), order, payment, fulfillment, letter.
//   - internal/people is who acts; internal/care what was promised: policy
//     holds the promises P01 to P24, the cookie register and the data map.
//   - internal/platform is what the market stands on: db (one SQL text, two
//     engines), audit, job, mail, blob; internal/kit knows nothing of the market.
//
// Each package comment says what always holds, which personal data it touches
// and which tables it owns; the tests in internal/arch keep the
// import graph, the tables and the sizes.
package main

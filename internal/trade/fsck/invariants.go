package fsck

// invariants are those of the tables that exist. Text is joined by ||, which
// turns numbers into text on both engines; CAST(x AS BIGINT) differs from x
// only where SQLite keeps something else than an integer.
var invariants = []invariant{
	{"order.parts", "orders", "the order has no seller order", `
		SELECT o.id, '' FROM orders o LEFT JOIN seller_orders p ON p.order_id = o.id WHERE p.id IS NULL`},
	{"order.contact", "orders", "the order has no contact row", `
		SELECT o.id, '' FROM orders o LEFT JOIN order_contacts c ON c.order_id = o.id WHERE c.order_id IS NULL`},
	{"order.total", "orders", "the sums of the order are not those of its parts", `
		SELECT o.id, 'total ' || o.total || ', parts ' || s.total FROM orders o
		JOIN (SELECT order_id, sum(items_total) AS items, sum(delivery_total) AS delivery, sum(fee_total) AS fee, sum(discount_total) AS discount,
			sum(tax_total) AS tax, sum(total) AS total FROM seller_orders GROUP BY order_id) s ON s.order_id = o.id
		WHERE o.total <> s.total OR o.items_total <> s.items OR o.delivery_total <> s.delivery OR o.fee_total <> s.fee
			OR o.discount_total <> s.discount OR o.tax_total <> s.tax OR o.total <> o.items_total + o.delivery_total + o.fee_total - o.discount_total`},
	{"seller_order.lines", "seller_orders", "the part has no line", `
		SELECT p.id, '' FROM seller_orders p LEFT JOIN order_lines l ON l.seller_order_id = p.id WHERE l.id IS NULL`},
	{"seller_order.total", "seller_orders", "the sums of the part are not those of its lines", `
		SELECT p.id, 'items ' || p.items_total || ', lines ' || s.total || ', total ' || p.total FROM seller_orders p
		JOIN (SELECT seller_order_id, sum(line_total) AS total, sum(tax) AS tax FROM order_lines GROUP BY seller_order_id) s ON s.seller_order_id = p.id
		WHERE p.items_total <> s.total OR p.total <> p.items_total + p.delivery_total + p.fee_total - p.discount_total
			OR p.tax_total < s.tax OR p.tax_total > p.total`},
	{"line.total", "order_lines", "the line is not price times quantity", `
		SELECT id, quantity || ' x ' || unit_price || ' = ' || line_total FROM order_lines WHERE line_total <> unit_price * quantity OR quantity < 1`},
	{"line.tax", "order_lines", "the tax of the line is not its share", `
		SELECT id, 'tax ' || tax || ' at ' || tax_bp || ' bp of ' || line_total FROM order_lines
		WHERE tax <> (line_total * tax_bp + (10000 + tax_bp) / 2) / (10000 + tax_bp)`},
	{"line.commission", "order_lines", "the commission of the line is not its share", `
		SELECT id, 'commission ' || commission || ' at ' || commission_bp || ' bp of ' || line_total FROM order_lines
		WHERE commission <> (line_total * commission_bp + 5000) / 10000`},
	{"line.owner", "order_lines", "the line and its part name different orders or sellers", `
		SELECT l.id, '' FROM order_lines l JOIN seller_orders p ON p.id = l.seller_order_id WHERE l.order_id <> p.order_id OR l.seller_id <> p.seller_id`},
	{"money.integer", "orders", "an amount is not an integer", `
		SELECT id, 'order' FROM orders WHERE items_total <> CAST(items_total AS BIGINT) OR delivery_total <> CAST(delivery_total AS BIGINT)
			OR fee_total <> CAST(fee_total AS BIGINT) OR discount_total <> CAST(discount_total AS BIGINT) OR tax_total <> CAST(tax_total AS BIGINT) OR total <> CAST(total AS BIGINT)
		UNION ALL SELECT order_id, 'seller order ' || id FROM seller_orders WHERE items_total <> CAST(items_total AS BIGINT) OR delivery_total <> CAST(delivery_total AS BIGINT)
			OR fee_total <> CAST(fee_total AS BIGINT) OR discount_total <> CAST(discount_total AS BIGINT) OR tax_total <> CAST(tax_total AS BIGINT) OR total <> CAST(total AS BIGINT)
		UNION ALL SELECT order_id, 'line ' || id FROM order_lines WHERE unit_price <> CAST(unit_price AS BIGINT) OR line_total <> CAST(line_total AS BIGINT)
			OR tax <> CAST(tax AS BIGINT) OR commission <> CAST(commission AS BIGINT) OR quantity <> CAST(quantity AS BIGINT)
		UNION ALL SELECT order_id, 'payment ' || id FROM payments WHERE amount <> CAST(amount AS BIGINT) OR collected_amount <> CAST(collected_amount AS BIGINT)`},

	{"payment.total", "seller_orders", "the payments of the part do not sum to its total", `
		SELECT p.id, 'total ' || p.total || ', payments ' || COALESCE(s.amount, 0) FROM seller_orders p
		LEFT JOIN (SELECT seller_order_id, sum(amount) AS amount FROM payments GROUP BY seller_order_id) s ON s.seller_order_id = p.id
		WHERE s.amount IS NULL OR s.amount <> p.total`},
	{"payment.fits", "payments", "the payment does not fit its part", `
		SELECT m.id, 'payment ' || m.status || ', part ' || p.status FROM payments m JOIN seller_orders p ON p.id = m.seller_order_id
		WHERE m.order_id <> p.order_id OR (p.status IN ('canceled', 'expired', 'undelivered')) <> (m.status = 'void')`},
	{"payment.collected", "payments", "the collected amount does not fit the status", `
		SELECT id, status || ', due ' || amount || ', collected ' || COALESCE('' || collected_amount, 'nothing') FROM payments
		WHERE (status IN ('due', 'void')) <> (collected_amount IS NULL) OR collected_amount < 0 OR (status = 'difference' AND collected_amount = amount)`},

	{"stock.level", "stock_levels", "the level is not the sum of its movements", `
		SELECT l.variant_id, 'on hand ' || l.on_hand || ', movements ' || COALESCE(m.total, 0) FROM stock_levels l
		LEFT JOIN (SELECT variant_id, sum(delta) AS total FROM stock_movements GROUP BY variant_id) m ON m.variant_id = l.variant_id
		WHERE l.on_hand < 0 OR l.on_hand <> COALESCE(m.total, 0) OR l.on_hand <> CAST(l.on_hand AS BIGINT)`},
	{"stock.moved", "stock_movements", "a variant has movements and no level", `
		SELECT min(m.id), 'variant ' || m.variant_id FROM stock_movements m LEFT JOIN stock_levels l ON l.variant_id = m.variant_id
		WHERE l.variant_id IS NULL GROUP BY m.variant_id`},
	{"stock.line", "order_lines", "the stock does not know of the line what it should", `
		SELECT l.id, l.quantity || ' ordered, part ' || p.status || ', parcel ' || COALESCE(f.status, 'none') || ', stock moved ' || COALESCE(m.total, 0)
		FROM order_lines l
		JOIN seller_orders p ON p.id = l.seller_order_id
		LEFT JOIN (SELECT seller_order_id, max(id) AS id FROM fulfillments GROUP BY seller_order_id) n ON n.seller_order_id = p.id
		LEFT JOIN fulfillments f ON f.id = n.id
		LEFT JOIN (SELECT order_line_id, sum(delta) AS total FROM stock_movements WHERE order_line_id IS NOT NULL GROUP BY order_line_id) m ON m.order_line_id = l.id
		WHERE COALESCE(m.total, 0) <> CASE
			WHEN p.status IN ('canceled', 'expired', 'undelivered') AND COALESCE(f.status, 'closed') IN ('closed', 'canceled') THEN 0
			ELSE -l.quantity END`},
	{"stock.owner", "stock_levels", "the level, the variant, the product and the store name different sellers", `
		SELECT v.id, '' FROM variants v JOIN products p ON p.id = v.product_id JOIN stores s ON s.id = p.store_id LEFT JOIN stock_levels l ON l.variant_id = v.id
		WHERE v.seller_id <> p.seller_id OR s.seller_id <> p.seller_id OR l.seller_id <> v.seller_id`},

	{"event.chain", "order_events", "the event does not begin where the one before it ended", `
		SELECT id, object || ' ' || object_id || ' was ' || COALESCE(before, 'nothing') || ', event from ' || from_status FROM (
			SELECT id, object, object_id, from_status, lag(to_status) OVER (PARTITION BY object, object_id ORDER BY id) AS before
			FROM order_events WHERE object <> 'order') e
		WHERE from_status <> COALESCE(before, '')`},
	{"event.last", "order_events", "the last event does not lead to the present status", `
		SELECT COALESCE(s.event, 0), s.object || ' ' || s.id || ' is ' || s.status || ', last event to ' || COALESCE(e.to_status, 'nothing') FROM (
			SELECT 'seller_order' AS object, p.id, p.status, x.event FROM seller_orders p
				LEFT JOIN (SELECT object_id, max(id) AS event FROM order_events WHERE object = 'seller_order' GROUP BY object_id) x ON x.object_id = p.id
			UNION ALL SELECT 'payment', p.id, p.status, x.event FROM payments p
				LEFT JOIN (SELECT object_id, max(id) AS event FROM order_events WHERE object = 'payment' GROUP BY object_id) x ON x.object_id = p.id
			UNION ALL SELECT 'fulfillment', p.id, p.status, x.event FROM fulfillments p
				LEFT JOIN (SELECT object_id, max(id) AS event FROM order_events WHERE object = 'fulfillment' GROUP BY object_id) x ON x.object_id = p.id
		) s LEFT JOIN order_events e ON e.id = s.event
		WHERE e.id IS NULL OR e.to_status <> s.status`},
	{"event.owner", "order_events", "the event and its part name different orders", `
		SELECT e.id, '' FROM order_events e JOIN seller_orders p ON p.id = e.seller_order_id WHERE e.order_id <> p.order_id
		UNION ALL SELECT id, 'no time' FROM order_events WHERE at <= 0`},

	{"fulfillment.lines", "fulfillments", "the parcel does not hold what the part ordered", `
		SELECT f.id, 'line ' || l.id || ': ' || l.quantity || ' ordered, ' || COALESCE(x.quantity, 0) || ' in the parcel' FROM fulfillments f
		JOIN order_lines l ON l.seller_order_id = f.seller_order_id
		LEFT JOIN fulfillment_lines x ON x.fulfillment_id = f.id AND x.order_line_id = l.id
		WHERE COALESCE(x.quantity, 0) > l.quantity
			OR NOT EXISTS (SELECT 1 FROM fulfillment_lines y WHERE y.fulfillment_id = f.id)`},
	{"fulfillment.fits", "fulfillments", "the parcel does not fit its part", `
		SELECT f.id, 'parcel ' || f.status || ', part ' || p.status FROM fulfillments f JOIN seller_orders p ON p.id = f.seller_order_id
		WHERE f.order_id <> p.order_id OR f.seller_id <> p.seller_id
			OR (f.status = 'delivered' AND p.status NOT IN ('accepted', 'completed'))
			OR (p.status IN ('awaiting_confirmation', 'expired'))
			OR (p.status = 'completed' AND f.status <> 'delivered')
			OR (p.status = 'undelivered' AND f.status NOT IN ('closed', 'lost'))
			OR (p.status = 'canceled' AND f.status NOT IN ('canceled', 'returning', 'returned_to_sender', 'closed', 'lost'))`},

	// A store that the operator runs from the shell never had an owner; one that
	// lost its last to an erasure which a restored backup did not know of says so.
	{"seller.owner", "sellers", "the store has lost its last owner", `
		SELECT s.id, '' FROM sellers s
		JOIN (SELECT object_id, max(CASE WHEN action = 'seller.join' THEN id END) AS joined, max(CASE WHEN action = 'seller.ownerless' THEN id END) AS lost
			FROM audit_entries WHERE object_kind = 'seller' GROUP BY object_id) a ON a.object_id = s.id
		WHERE s.status <> 'closed' AND a.joined > COALESCE(a.lost, 0)
			AND NOT EXISTS (SELECT 1 FROM seller_members m WHERE m.seller_id = s.id AND m.role = 'seller_owner')`},

	{"job.status", "jobs", "the job is neither waiting, done nor given up", `
		SELECT id, kind || ' is ' || status FROM jobs
		WHERE status NOT IN ('pending', 'done', 'dead') OR (status = 'done') <> (done_at IS NOT NULL) OR attempts < 0`},
	{"key.order", "idempotency_keys", "the key leads to no order of its channel", `
		SELECT k.order_id, 'scope ' || k.scope FROM idempotency_keys k LEFT JOIN orders o ON o.id = k.order_id
		WHERE o.id IS NULL OR k.request_hash = '' OR (k.scope IN ('web', 'api') AND o.channel <> k.scope)`},
	{"contact.erased", "order_contacts", "an erased person is still there", `
		SELECT order_id, '' FROM order_contacts WHERE erased_at IS NOT NULL
			AND (name <> '' OR phone <> '' OR email <> '' OR recipient <> '' OR street <> '' OR note <> '')`},
}

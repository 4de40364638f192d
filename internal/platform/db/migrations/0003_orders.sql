-- +goose Up
CREATE TABLE orders (
	id              {{id}},
	public_id       TEXT NOT NULL UNIQUE,
	number          {{sorted}} NOT NULL UNIQUE,
	cart_token_hash TEXT UNIQUE,
	link_version    BIGINT NOT NULL,
	customer_id     BIGINT,
	market          TEXT NOT NULL,
	currency        TEXT NOT NULL,
	language        TEXT NOT NULL,
	channel         TEXT NOT NULL CHECK (channel IN ('web', 'api')),
	payment_method  TEXT NOT NULL,
	items_total     BIGINT NOT NULL CHECK (items_total >= 0),
	delivery_total  BIGINT NOT NULL CHECK (delivery_total >= 0),
	fee_total       BIGINT NOT NULL CHECK (fee_total >= 0),
	discount_total  BIGINT NOT NULL CHECK (discount_total >= 0),
	tax_total       BIGINT NOT NULL,
	total           BIGINT NOT NULL CHECK (total = items_total + delivery_total + fee_total - discount_total),
	zone            TEXT NOT NULL,
	policy_version  TEXT NOT NULL,
	policy_hash     TEXT NOT NULL,
	confirm_rule    TEXT NOT NULL,
	placed_at       BIGINT NOT NULL
);

CREATE TABLE order_contacts (
	order_id    BIGINT PRIMARY KEY REFERENCES orders (id),
	name        TEXT NOT NULL,
	phone       TEXT NOT NULL,
	email       TEXT NOT NULL,
	recipient   TEXT NOT NULL,
	street      TEXT NOT NULL,
	area        TEXT NOT NULL,
	city        TEXT NOT NULL,
	region      TEXT NOT NULL,
	postal_code TEXT NOT NULL,
	country     TEXT NOT NULL,
	note        TEXT NOT NULL,
	erased_at   BIGINT
);
CREATE INDEX order_contacts_email ON order_contacts (email) WHERE email <> '';
CREATE INDEX order_contacts_phone ON order_contacts (phone) WHERE phone <> '';

CREATE TABLE seller_orders (
	id              {{id}},
	public_id       TEXT NOT NULL UNIQUE,
	order_id        BIGINT NOT NULL REFERENCES orders (id),
	seller_id       BIGINT NOT NULL REFERENCES sellers (id),
	position        BIGINT NOT NULL,
	status          TEXT NOT NULL CHECK (status IN ('awaiting_confirmation', 'confirmed', 'accepted', 'completed', 'undelivered', 'canceled', 'expired')),
	store           TEXT NOT NULL,
	delivery        TEXT NOT NULL,
	items_total     BIGINT NOT NULL CHECK (items_total >= 0),
	delivery_total  BIGINT NOT NULL CHECK (delivery_total >= 0),
	fee_total       BIGINT NOT NULL CHECK (fee_total >= 0),
	discount_total  BIGINT NOT NULL CHECK (discount_total >= 0),
	tax_total       BIGINT NOT NULL,
	total           BIGINT NOT NULL CHECK (total = items_total + delivery_total + fee_total - discount_total),
	arrives_from    BIGINT NOT NULL,
	arrives_to      BIGINT NOT NULL,
	confirm_by      BIGINT,
	hand_over_by    BIGINT NOT NULL,
	cancel_reason   TEXT NOT NULL,
	updated_at      BIGINT NOT NULL,
	UNIQUE (order_id, seller_id)
);
CREATE INDEX seller_orders_seller ON seller_orders (seller_id, status, id);

CREATE TABLE order_lines (
	id              {{id}},
	public_id       TEXT NOT NULL UNIQUE,
	order_id        BIGINT NOT NULL REFERENCES orders (id),
	seller_order_id BIGINT NOT NULL REFERENCES seller_orders (id),
	seller_id       BIGINT NOT NULL REFERENCES sellers (id),
	product_id      BIGINT NOT NULL,
	variant_id      BIGINT NOT NULL,
	position        BIGINT NOT NULL,
	quantity        BIGINT NOT NULL CHECK (quantity > 0),
	unit_price      BIGINT NOT NULL CHECK (unit_price >= 0),
	line_total      BIGINT NOT NULL CHECK (line_total = unit_price * quantity),
	tax_bp          BIGINT NOT NULL,
	tax             BIGINT NOT NULL,
	commission_bp   BIGINT NOT NULL,
	commission      BIGINT NOT NULL,
	title           TEXT NOT NULL,
	snapshot        TEXT NOT NULL
);
CREATE INDEX order_lines_order ON order_lines (order_id, id);
CREATE INDEX order_lines_seller_order ON order_lines (seller_order_id, id);

CREATE TABLE order_events (
	id              {{id}},
	order_id        BIGINT NOT NULL REFERENCES orders (id),
	seller_order_id BIGINT REFERENCES seller_orders (id),
	object          TEXT NOT NULL CHECK (object IN ('order', 'seller_order', 'fulfillment', 'payment')),
	object_id       BIGINT NOT NULL,
	name            TEXT NOT NULL,
	from_status     TEXT NOT NULL,
	to_status       TEXT NOT NULL,
	actor_kind      TEXT NOT NULL,
	actor_id        BIGINT NOT NULL,
	reason          TEXT NOT NULL,
	at              BIGINT NOT NULL
);
CREATE INDEX order_events_order ON order_events (order_id, id);

CREATE TABLE payments (
	id               {{id}},
	public_id        TEXT NOT NULL UNIQUE,
	order_id         BIGINT NOT NULL REFERENCES orders (id),
	seller_order_id  BIGINT NOT NULL REFERENCES seller_orders (id),
	kind             TEXT NOT NULL CHECK (kind IN ('cod', 'transfer')),
	status           TEXT NOT NULL CHECK (status IN ('due', 'collected', 'difference', 'overdue', 'remitted', 'reconciled', 'held_by_seller', 'void')),
	amount           BIGINT NOT NULL CHECK (amount >= 0),
	collected_amount BIGINT,
	updated_at       BIGINT NOT NULL
);
CREATE INDEX payments_seller_order ON payments (seller_order_id);

CREATE TABLE fulfillments (
	id              {{id}},
	public_id       TEXT NOT NULL UNIQUE,
	order_id        BIGINT NOT NULL REFERENCES orders (id),
	seller_order_id BIGINT NOT NULL REFERENCES seller_orders (id),
	seller_id       BIGINT NOT NULL REFERENCES sellers (id),
	status          TEXT NOT NULL CHECK (status IN ('planned', 'packed', 'handed_over', 'in_transit', 'out_for_delivery', 'attempt_failed', 'delivered', 'returning', 'returned_to_sender', 'lost', 'closed', 'canceled')),
	carrier         TEXT NOT NULL,
	tracking_number TEXT NOT NULL,
	created_at      BIGINT NOT NULL,
	updated_at      BIGINT NOT NULL
);
CREATE INDEX fulfillments_seller_order ON fulfillments (seller_order_id);

CREATE TABLE fulfillment_lines (
	fulfillment_id BIGINT NOT NULL REFERENCES fulfillments (id),
	order_line_id  BIGINT NOT NULL REFERENCES order_lines (id),
	quantity       BIGINT NOT NULL CHECK (quantity > 0),
	PRIMARY KEY (fulfillment_id, order_line_id)
);

CREATE TABLE idempotency_keys (
	scope        TEXT NOT NULL,
	key          {{sorted}} NOT NULL,
	request_hash TEXT NOT NULL,
	order_id     BIGINT NOT NULL REFERENCES orders (id),
	created_at   BIGINT NOT NULL,
	PRIMARY KEY (scope, key)
);

-- +goose Up
CREATE TABLE carts (
	login_id   BIGINT PRIMARY KEY REFERENCES logins (id),
	token      TEXT NOT NULL,
	updated_at BIGINT NOT NULL
);

CREATE TABLE cart_lines (
	login_id BIGINT NOT NULL REFERENCES logins (id),
	variant  {{sorted}} NOT NULL,
	quantity BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 99),
	position BIGINT NOT NULL,
	PRIMARY KEY (login_id, variant)
);

CREATE TABLE cart_merges (
	login_id   BIGINT NOT NULL REFERENCES logins (id),
	token_hash TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (login_id, token_hash)
);

CREATE TABLE wishlist_items (
	id         {{id}},
	public_id  TEXT NOT NULL UNIQUE,
	login_id   BIGINT NOT NULL REFERENCES logins (id),
	variant_id BIGINT NOT NULL REFERENCES variants (id),
	price      BIGINT NOT NULL,
	added_at   BIGINT NOT NULL,
	UNIQUE (login_id, variant_id)
);

CREATE INDEX orders_customer ON orders (customer_id, id) WHERE customer_id IS NOT NULL;

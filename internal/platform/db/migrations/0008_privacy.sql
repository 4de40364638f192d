-- +goose Up
CREATE TABLE disclosures (
	id              {{id}},
	order_id        BIGINT NOT NULL REFERENCES orders (id),
	seller_order_id BIGINT REFERENCES seller_orders (id),
	recipient       TEXT NOT NULL CHECK (recipient IN ('seller', 'courier', 'support', 'provider')),
	recipient_id    BIGINT NOT NULL,
	name            TEXT NOT NULL,
	act             TEXT NOT NULL,
	fields          TEXT NOT NULL,
	purpose         TEXT NOT NULL,
	reason          TEXT NOT NULL,
	cause           TEXT UNIQUE,
	at              BIGINT NOT NULL
);
CREATE INDEX disclosures_order ON disclosures (order_id, id);

CREATE TABLE order_corrections (
	id          {{id}},
	order_id    BIGINT NOT NULL REFERENCES orders (id),
	name        TEXT NOT NULL,
	phone       TEXT NOT NULL,
	recipient   TEXT NOT NULL,
	street      TEXT NOT NULL,
	area        TEXT NOT NULL,
	postal_code TEXT NOT NULL,
	note        TEXT NOT NULL,
	actor_kind  TEXT NOT NULL,
	actor_id    BIGINT NOT NULL,
	at          BIGINT NOT NULL
);
CREATE INDEX order_corrections_order ON order_corrections (order_id, id);

CREATE TABLE privacy_requests (
	id          {{id}},
	number      {{sorted}} NOT NULL UNIQUE,
	kind        TEXT NOT NULL CHECK (kind IN ('access', 'correction', 'erasure', 'objection', 'question')),
	status      TEXT NOT NULL CHECK (status IN ('received', 'verified', 'in_progress', 'done', 'partly_done', 'refused', 'withdrawn')),
	channel     TEXT NOT NULL CHECK (channel IN ('page', 'shell')),
	proof       TEXT NOT NULL CHECK (proof IN ('', 'code', 'session', 'call')),
	login_id    BIGINT,
	language    TEXT NOT NULL,
	question    TEXT NOT NULL,
	answer      TEXT NOT NULL,
	reason      TEXT NOT NULL,
	receipt     TEXT NOT NULL,
	received_at BIGINT NOT NULL,
	due_at      BIGINT NOT NULL,
	extended_at BIGINT,
	run_at      BIGINT,
	closed_at   BIGINT
);
CREATE INDEX privacy_requests_open ON privacy_requests (due_at, id) WHERE closed_at IS NULL;

CREATE TABLE privacy_request_orders (
	request_id BIGINT NOT NULL REFERENCES privacy_requests (id),
	order_id   BIGINT NOT NULL,
	PRIMARY KEY (request_id, order_id)
);
CREATE INDEX privacy_request_orders_order ON privacy_request_orders (order_id);

CREATE TABLE privacy_request_events (
	id          {{id}},
	request_id  BIGINT NOT NULL REFERENCES privacy_requests (id),
	name        TEXT NOT NULL,
	from_status TEXT NOT NULL,
	to_status   TEXT NOT NULL,
	actor_kind  TEXT NOT NULL,
	actor_id    BIGINT NOT NULL,
	reason      TEXT NOT NULL,
	at          BIGINT NOT NULL
);
CREATE INDEX privacy_request_events_request ON privacy_request_events (request_id, id);

CREATE TABLE privacy_exports (
	id         {{id}},
	public_id  TEXT NOT NULL UNIQUE,
	request_id BIGINT NOT NULL REFERENCES privacy_requests (id),
	status     TEXT NOT NULL CHECK (status IN ('pending', 'ready', 'expired')),
	file_key   TEXT NOT NULL,
	size       BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX privacy_exports_request ON privacy_exports (request_id);

CREATE TABLE privacy_proofs (
	id          {{id}},
	public_id   TEXT NOT NULL UNIQUE,
	order_id    BIGINT NOT NULL REFERENCES orders (id),
	tries       BIGINT NOT NULL,
	secret_hash TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	expires_at  BIGINT NOT NULL
);
CREATE INDEX privacy_proofs_order ON privacy_proofs (order_id, id);

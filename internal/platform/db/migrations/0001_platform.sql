-- +goose Up
CREATE TABLE IF NOT EXISTS leases (
	name   TEXT PRIMARY KEY,
	holder TEXT NOT NULL,
	until  BIGINT NOT NULL
);

CREATE TABLE sequences (
	name  TEXT PRIMARY KEY,
	value BIGINT NOT NULL
);
INSERT INTO sequences (name, value) VALUES ('audit', 0), ('catalog', 0);

CREATE TABLE settings (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

CREATE TABLE audit_entries (
	id          {{id}},
	seq         BIGINT,
	at          BIGINT NOT NULL,
	actor_kind  TEXT NOT NULL,
	actor_id    BIGINT NOT NULL,
	action      TEXT NOT NULL,
	object_kind TEXT NOT NULL,
	object_id   BIGINT NOT NULL,
	fields      TEXT NOT NULL,
	reason      TEXT NOT NULL
);
CREATE UNIQUE INDEX audit_entries_seq ON audit_entries (seq);
CREATE INDEX audit_entries_waiting ON audit_entries (id) WHERE seq IS NULL;
CREATE INDEX audit_entries_object ON audit_entries (object_kind, object_id);

CREATE TABLE audit_hashes (
	position BIGINT PRIMARY KEY,
	hash     {{blob}} NOT NULL
);

CREATE TABLE audit_heads (
	id   {{id}},
	size BIGINT NOT NULL UNIQUE,
	note TEXT NOT NULL,
	at   BIGINT NOT NULL
);

CREATE TABLE jobs (
	id           {{id}},
	kind         TEXT NOT NULL,
	payload      TEXT NOT NULL,
	status       TEXT NOT NULL CHECK (status IN ('pending', 'done', 'dead')),
	run_at       BIGINT NOT NULL,
	locked_until BIGINT NOT NULL,
	attempts     BIGINT NOT NULL,
	last_error   TEXT NOT NULL,
	created_at   BIGINT NOT NULL,
	done_at      BIGINT
);
CREATE INDEX jobs_pending ON jobs (run_at, id) WHERE status = 'pending';

CREATE TABLE logins (
	id            {{id}},
	public_id     TEXT NOT NULL UNIQUE,
	email         {{sorted}} NOT NULL UNIQUE,
	name          TEXT NOT NULL,
	role          TEXT NOT NULL CHECK (role IN ('admin', 'support', 'auditor', 'seller_owner', 'seller_staff', 'customer')),
	password_hash TEXT NOT NULL,
	status        TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
	created_at    BIGINT NOT NULL
);

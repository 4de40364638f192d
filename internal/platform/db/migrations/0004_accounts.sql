-- +goose Up
-- A login may have an e-mail address, a phone number, or both, so the table is
-- made anew: SQLite cannot take a unique constraint off a column.
CREATE TABLE logins_new (
	id                {{id}},
	public_id         TEXT NOT NULL UNIQUE,
	email             {{sorted}} NOT NULL,
	phone             {{sorted}} NOT NULL,
	name              TEXT NOT NULL,
	role              TEXT NOT NULL CHECK (role IN ('admin', 'support', 'auditor', 'seller_owner', 'seller_staff', 'customer')),
	password_hash     TEXT NOT NULL,
	status            TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
	email_verified_at BIGINT,
	phone_verified_at BIGINT,
	password_at       BIGINT NOT NULL,
	created_at        BIGINT NOT NULL,
	CHECK (email <> '' OR phone <> '')
);
INSERT INTO logins_new (id, public_id, email, phone, name, role, password_hash, status, password_at, created_at)
	SELECT id, public_id, email, '', name, role, password_hash, status, created_at, created_at FROM logins;
DROP TABLE logins;
ALTER TABLE logins_new RENAME TO logins;
{{continue_logins}};
CREATE UNIQUE INDEX logins_email ON logins (email) WHERE email <> '';
CREATE UNIQUE INDEX logins_phone ON logins (phone) WHERE phone <> '';

CREATE TABLE sessions (
	id         {{id}},
	public_id  TEXT NOT NULL UNIQUE,
	login_id   BIGINT NOT NULL REFERENCES logins (id),
	token_hash TEXT NOT NULL UNIQUE,
	level      TEXT NOT NULL CHECK (level IN ('half', 'full')),
	device     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	proved_at  BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	ended_at   BIGINT,
	end_reason TEXT NOT NULL
);
CREATE INDEX sessions_login ON sessions (login_id, id);

CREATE TABLE proofs (
	id         {{id}},
	public_id  TEXT NOT NULL UNIQUE,
	purpose    TEXT NOT NULL CHECK (purpose IN ('register', 'reset', 'sign_in', 'email_new', 'email_old', 'phone', 'not_me')),
	login_id   BIGINT REFERENCES logins (id),
	session_id BIGINT,
	email      TEXT NOT NULL,
	phone      TEXT NOT NULL,
	language   TEXT NOT NULL,
	tries      BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at    BIGINT
);
CREATE INDEX proofs_login ON proofs (login_id, id);

CREATE TABLE registrations (
	proof_id      BIGINT PRIMARY KEY REFERENCES proofs (id),
	name          TEXT NOT NULL,
	password_hash TEXT NOT NULL
);

CREATE TABLE email_changes (
	login_id   BIGINT PRIMARY KEY REFERENCES logins (id),
	email      TEXT NOT NULL,
	new_proof  BIGINT NOT NULL REFERENCES proofs (id),
	old_proof  BIGINT REFERENCES proofs (id),
	created_at BIGINT NOT NULL
);

CREATE TABLE throttles (
	key      TEXT PRIMARY KEY,
	times    BIGINT NOT NULL,
	since    BIGINT NOT NULL,
	until    BIGINT NOT NULL
);

CREATE TABLE second_factors (
	id         {{id}},
	public_id  TEXT NOT NULL UNIQUE,
	login_id   BIGINT NOT NULL REFERENCES logins (id),
	kind       TEXT NOT NULL CHECK (kind IN ('totp', 'passkey')),
	name       TEXT NOT NULL,
	secret     {{blob}} NOT NULL,
	last_step  BIGINT NOT NULL,
	ready_at   BIGINT,
	created_at BIGINT NOT NULL
);
CREATE INDEX second_factors_login ON second_factors (login_id, id);

CREATE TABLE recovery_codes (
	id         {{id}},
	login_id   BIGINT NOT NULL REFERENCES logins (id),
	code_hash  TEXT NOT NULL,
	used_at    BIGINT,
	UNIQUE (login_id, code_hash)
);

CREATE TABLE api_tokens (
	id         {{id}},
	public_id  TEXT NOT NULL UNIQUE,
	login_id   BIGINT NOT NULL REFERENCES logins (id),
	name       TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	token_hash TEXT NOT NULL UNIQUE,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	revoked_at BIGINT
);
CREATE INDEX api_tokens_login ON api_tokens (login_id, id);

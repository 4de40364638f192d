-- +goose Up
-- A secret that waits for its first code belongs to the session that asked for
-- it, one at a time.
DELETE FROM second_factors WHERE ready_at IS NULL;
ALTER TABLE second_factors ADD COLUMN session_id BIGINT;
CREATE UNIQUE INDEX second_factors_waiting ON second_factors (login_id) WHERE ready_at IS NULL;

CREATE TABLE passkeys (
	id            {{id}},
	public_id     TEXT NOT NULL UNIQUE,
	login_id      BIGINT NOT NULL REFERENCES logins (id),
	name          TEXT NOT NULL,
	credential_id {{blob}} NOT NULL UNIQUE,
	public_key    {{blob}} NOT NULL,
	sign_count    BIGINT NOT NULL,
	flags         BIGINT NOT NULL,
	transports    TEXT NOT NULL,
	created_at    BIGINT NOT NULL,
	used_on       BIGINT
);
CREATE INDEX passkeys_login ON passkeys (login_id, id);

CREATE TABLE passkey_challenges (
	id         {{id}},
	public_id  TEXT NOT NULL UNIQUE,
	purpose    TEXT NOT NULL CHECK (purpose IN ('add', 'sign_in', 'second', 'prove')),
	login_id   BIGINT REFERENCES logins (id),
	session_id BIGINT,
	challenge  TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX passkey_challenges_login ON passkey_challenges (login_id);

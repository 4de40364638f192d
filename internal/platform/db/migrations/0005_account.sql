-- +goose Up
CREATE TABLE account_settings (
	login_id BIGINT PRIMARY KEY REFERENCES logins (id),
	language TEXT NOT NULL,
	city     TEXT NOT NULL,
	notices  TEXT NOT NULL CHECK (notices IN ('new_device', 'always'))
);

CREATE TABLE addresses (
	id          {{id}},
	public_id   TEXT NOT NULL UNIQUE,
	login_id    BIGINT NOT NULL REFERENCES logins (id),
	label       TEXT NOT NULL,
	name        TEXT NOT NULL,
	phone       TEXT NOT NULL,
	street      TEXT NOT NULL,
	area        TEXT NOT NULL,
	place       TEXT NOT NULL,
	city        TEXT NOT NULL,
	region      TEXT NOT NULL,
	postal_code TEXT NOT NULL,
	country     TEXT NOT NULL,
	preferred   BOOLEAN NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	removed_at  BIGINT
);
CREATE INDEX addresses_login ON addresses (login_id, id);

-- +goose Up
-- The day on which a program last used its token; no finer, because nobody needs it.
ALTER TABLE api_tokens ADD COLUMN used_on BIGINT;

-- What a request with an Idempotency-Key made for a login, for a day or two.
CREATE TABLE request_keys (
	login_id     BIGINT NOT NULL REFERENCES logins (id),
	key          TEXT NOT NULL,
	request_hash TEXT NOT NULL,
	object       TEXT NOT NULL,
	created_at   BIGINT NOT NULL,
	PRIMARY KEY (login_id, key)
);
CREATE INDEX request_keys_created ON request_keys (created_at);

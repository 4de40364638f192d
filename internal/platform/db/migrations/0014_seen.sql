-- +goose Up
-- Who got data of an account that belongs to no order: the provider that carries
-- its letters, whoever of the staff opened it.
CREATE TABLE login_disclosures (
	id        {{id}},
	login_id  BIGINT NOT NULL REFERENCES logins (id),
	recipient TEXT NOT NULL CHECK (recipient IN ('support', 'provider')),
	name      TEXT NOT NULL,
	act       TEXT NOT NULL,
	fields    TEXT NOT NULL,
	purpose   TEXT NOT NULL,
	reason    TEXT NOT NULL,
	cause     TEXT UNIQUE,
	at        BIGINT NOT NULL
);
CREATE INDEX login_disclosures_login ON login_disclosures (login_id, id);

-- A request may come in by a program, too. SQLite cannot change what a column
-- allows, and other tables refer to this one, so the column is made anew.
ALTER TABLE privacy_requests ADD COLUMN came_by TEXT NOT NULL DEFAULT 'page' CHECK (came_by IN ('page', 'api', 'shell'));
UPDATE privacy_requests SET came_by = channel;
ALTER TABLE privacy_requests DROP COLUMN channel;
ALTER TABLE privacy_requests RENAME COLUMN came_by TO channel;

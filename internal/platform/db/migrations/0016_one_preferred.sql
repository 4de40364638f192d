-- +goose Up
-- At most one address of an account is the preferred one. Where two changes at
-- once have made two, the oldest stays it.
UPDATE addresses SET preferred = false, updated_at = updated_at + 1 WHERE preferred AND (removed_at IS NOT NULL
	OR id > (SELECT min(o.id) FROM addresses o WHERE o.login_id = addresses.login_id AND o.preferred AND o.removed_at IS NULL));
CREATE UNIQUE INDEX addresses_preferred ON addresses (login_id) WHERE preferred;

-- +goose Up
-- Who acts for a seller. A login acts for one seller at most, so that nobody ever has to say for whom.
CREATE TABLE seller_members (
	login_id  BIGINT PRIMARY KEY REFERENCES logins (id),
	seller_id BIGINT NOT NULL REFERENCES sellers (id),
	role      TEXT NOT NULL CHECK (role IN ('seller_owner', 'seller_staff')),
	rights    TEXT NOT NULL,
	joined_at BIGINT NOT NULL
);
CREATE INDEX seller_members_seller ON seller_members (seller_id, role);

-- Logins that were called owner or staff of no seller in particular could do nothing with it.
UPDATE logins SET role = 'customer' WHERE role IN ('seller_owner', 'seller_staff');

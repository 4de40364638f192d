-- +goose Up
-- Orders of one phone number are placed one after another, so that their limit
-- holds: each takes the turn that its number falls to. No row names anybody.
CREATE TABLE cash_turns (
	turn  BIGINT PRIMARY KEY,
	taken BIGINT NOT NULL
);
INSERT INTO cash_turns (turn, taken)
	WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 255) SELECT n, 0 FROM numbers;

-- The timer looks for sellers who have not answered.
CREATE INDEX seller_orders_unanswered ON seller_orders (id) WHERE status = 'confirmed';

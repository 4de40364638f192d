-- +goose Up
-- The secret that an app is offered is derived for the session that asks, so no
-- row waits for its first code: what is here is in use.
DELETE FROM second_factors WHERE ready_at IS NULL;
DROP INDEX second_factors_waiting;
ALTER TABLE second_factors DROP COLUMN ready_at;
ALTER TABLE second_factors DROP COLUMN session_id;

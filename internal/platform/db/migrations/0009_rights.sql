-- +goose Up
-- A request may be about a trader, too.
CREATE TABLE privacy_request_sellers (
	request_id BIGINT NOT NULL REFERENCES privacy_requests (id),
	seller_id  BIGINT NOT NULL,
	PRIMARY KEY (request_id, seller_id)
);
CREATE INDEX privacy_request_sellers_seller ON privacy_request_sellers (seller_id);
CREATE INDEX privacy_requests_login ON privacy_requests (login_id) WHERE login_id IS NOT NULL;

-- Of two deletions of one account that wait, the first stands.
UPDATE privacy_requests SET status = 'withdrawn', closed_at = received_at, run_at = NULL
	WHERE kind = 'erasure' AND login_id IS NOT NULL AND (closed_at IS NULL OR run_at IS NOT NULL)
	AND EXISTS (SELECT 1 FROM privacy_requests q WHERE q.kind = 'erasure' AND q.login_id = privacy_requests.login_id
		AND (q.closed_at IS NULL OR q.run_at IS NOT NULL) AND q.id < privacy_requests.id);
CREATE UNIQUE INDEX privacy_requests_once ON privacy_requests (login_id) WHERE kind = 'erasure' AND (closed_at IS NULL OR run_at IS NOT NULL);

-- The register and the audit log name an erased login by its id for years, so
-- nobody else may get that id. Migration 0004 numbered on after the logins that
-- were left; this one numbers on after all that were ever given.
{{past_logins}};

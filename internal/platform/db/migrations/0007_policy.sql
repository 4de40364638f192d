-- +goose Up
CREATE TABLE policy_versions (
	id           {{id}},
	number       BIGINT NOT NULL UNIQUE CHECK (number > 0),
	status       TEXT NOT NULL CHECK (status IN ('draft', 'in_review', 'approved', 'effective', 'superseded')),
	hash         TEXT NOT NULL,
	names        TEXT NOT NULL,
	revision     BIGINT NOT NULL,
	round        BIGINT NOT NULL,
	proposed_at  BIGINT NOT NULL,
	effective_at BIGINT,
	announced_to BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	CHECK (status NOT IN ('draft', 'in_review') OR effective_at IS NULL),
	CHECK (status NOT IN ('effective', 'superseded') OR effective_at IS NOT NULL)
);
CREATE UNIQUE INDEX policy_versions_review ON policy_versions (status) WHERE status = 'in_review';
CREATE UNIQUE INDEX policy_versions_effective ON policy_versions (status) WHERE status = 'effective';

CREATE TABLE policy_texts (
	version_id BIGINT NOT NULL REFERENCES policy_versions (id),
	language   TEXT NOT NULL,
	hash       TEXT NOT NULL,
	text       TEXT NOT NULL,
	PRIMARY KEY (version_id, language)
);

CREATE TABLE policy_signoffs (
	id         {{id}},
	version_id BIGINT NOT NULL REFERENCES policy_versions (id),
	round      BIGINT NOT NULL,
	hash       TEXT NOT NULL,
	role       TEXT NOT NULL CHECK (role IN ('business', 'legal')),
	signer     TEXT NOT NULL,
	signer_key TEXT NOT NULL,
	signed_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX policy_signoffs_role ON policy_signoffs (version_id, round, role);
CREATE UNIQUE INDEX policy_signoffs_signer ON policy_signoffs (version_id, round, signer_key);

CREATE TABLE policy_checks (
	name   TEXT PRIMARY KEY,
	passed BIGINT NOT NULL,
	detail TEXT NOT NULL,
	at     BIGINT NOT NULL
);

CREATE TABLE consents (
	id             {{id}},
	subject_kind   TEXT NOT NULL CHECK (subject_kind IN ('login', 'order')),
	subject_id     BIGINT NOT NULL,
	purpose        TEXT NOT NULL,
	act            TEXT NOT NULL CHECK (act IN ('given', 'withdrawn')),
	policy_version TEXT NOT NULL,
	policy_hash    TEXT NOT NULL,
	words_hash     TEXT NOT NULL,
	language       TEXT NOT NULL,
	how            TEXT NOT NULL,
	at             BIGINT NOT NULL
);
CREATE INDEX consents_subject ON consents (subject_kind, subject_id, purpose, id);

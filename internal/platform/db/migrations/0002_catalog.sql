-- +goose Up
CREATE TABLE sellers (
	id            {{id}},
	public_id     TEXT NOT NULL UNIQUE,
	status        TEXT NOT NULL CHECK (status IN ('applied', 'onboarding', 'approved', 'suspended', 'leaving', 'closed')),
	name          TEXT NOT NULL,
	legal_name    TEXT NOT NULL,
	registration  TEXT NOT NULL,
	email         TEXT NOT NULL,
	phone         TEXT NOT NULL,
	commission_bp BIGINT NOT NULL CHECK (commission_bp BETWEEN 0 AND 10000),
	created_at    BIGINT NOT NULL
);

CREATE TABLE stores (
	id            {{id}},
	public_id     TEXT NOT NULL UNIQUE,
	seller_id     BIGINT NOT NULL UNIQUE REFERENCES sellers (id),
	slug          {{sorted}} NOT NULL UNIQUE,
	name          TEXT NOT NULL,
	tagline       TEXT NOT NULL,
	about         TEXT NOT NULL,
	city          TEXT NOT NULL,
	pack_days     BIGINT NOT NULL CHECK (pack_days BETWEEN 0 AND 60),
	return_days   BIGINT NOT NULL CHECK (return_days BETWEEN 0 AND 365),
	picture_blob  TEXT NOT NULL,
	picture_color TEXT NOT NULL,
	opened_at     BIGINT NOT NULL
);

CREATE TABLE categories (
	id            BIGINT PRIMARY KEY,
	parent_id     BIGINT REFERENCES categories (id),
	slug          {{sorted}} NOT NULL UNIQUE,
	depth         BIGINT NOT NULL,
	position      BIGINT NOT NULL,
	name_en       TEXT NOT NULL,
	name_si       TEXT NOT NULL,
	name_ta       TEXT NOT NULL,
	picture_blob  TEXT NOT NULL,
	picture_color TEXT NOT NULL
);

CREATE TABLE category_attributes (
	category_id BIGINT NOT NULL REFERENCES categories (id),
	attribute   TEXT NOT NULL,
	kind        TEXT NOT NULL CHECK (kind IN ('text', 'choice', 'number', 'bool')),
	unit        TEXT NOT NULL,
	name_en     TEXT NOT NULL,
	name_si     TEXT NOT NULL,
	name_ta     TEXT NOT NULL,
	facet       BOOLEAN NOT NULL,
	position    BIGINT NOT NULL,
	PRIMARY KEY (category_id, attribute)
);

CREATE TABLE products (
	id           {{id}},
	public_id    TEXT NOT NULL UNIQUE,
	seller_id    BIGINT NOT NULL REFERENCES sellers (id),
	store_id     BIGINT NOT NULL REFERENCES stores (id),
	handle       {{sorted}} NOT NULL,
	slug         {{sorted}} NOT NULL UNIQUE,
	status       TEXT NOT NULL CHECK (status IN ('draft', 'live', 'hidden', 'removed')),
	language     TEXT NOT NULL,
	title        TEXT NOT NULL,
	body_html    TEXT NOT NULL,
	brand        TEXT NOT NULL,
	product_type TEXT NOT NULL,
	tags         TEXT NOT NULL,
	category_id  BIGINT REFERENCES categories (id),
	option1      TEXT NOT NULL,
	option2      TEXT NOT NULL,
	option3      TEXT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	UNIQUE (store_id, handle)
);
CREATE INDEX products_live ON products (id) WHERE status = 'live';

CREATE TABLE product_slugs (
	slug       {{sorted}} PRIMARY KEY,
	product_id BIGINT NOT NULL REFERENCES products (id)
);

CREATE TABLE product_texts (
	product_id BIGINT NOT NULL REFERENCES products (id),
	language   TEXT NOT NULL,
	title      TEXT NOT NULL,
	body_html  TEXT NOT NULL,
	PRIMARY KEY (product_id, language)
);

CREATE TABLE product_attributes (
	product_id BIGINT NOT NULL REFERENCES products (id),
	attribute  TEXT NOT NULL,
	position   BIGINT NOT NULL,
	text       TEXT NOT NULL,
	number     DOUBLE PRECISION,
	unit       TEXT NOT NULL,
	PRIMARY KEY (product_id, attribute, position)
);

CREATE TABLE pictures (
	id         {{id}},
	product_id BIGINT NOT NULL REFERENCES products (id),
	position   BIGINT NOT NULL,
	blob       TEXT NOT NULL,
	alt        TEXT NOT NULL,
	width      BIGINT NOT NULL,
	height     BIGINT NOT NULL,
	color      TEXT NOT NULL,
	sha256     TEXT NOT NULL,
	source     TEXT NOT NULL
);
CREATE INDEX pictures_product ON pictures (product_id, position);

CREATE TABLE variants (
	id         {{id}},
	public_id  TEXT NOT NULL UNIQUE,
	product_id BIGINT NOT NULL REFERENCES products (id),
	seller_id  BIGINT NOT NULL REFERENCES sellers (id),
	position   BIGINT NOT NULL,
	option1    TEXT NOT NULL,
	option2    TEXT NOT NULL,
	option3    TEXT NOT NULL,
	sku        TEXT NOT NULL,
	barcode    TEXT NOT NULL,
	price      BIGINT NOT NULL CHECK (price >= 0),
	compare_at BIGINT CHECK (compare_at > 0),
	weight_g   BIGINT NOT NULL CHECK (weight_g >= 0),
	picture_id BIGINT REFERENCES pictures (id),
	active     BOOLEAN NOT NULL,
	UNIQUE (product_id, option1, option2, option3)
);

CREATE TABLE stock_levels (
	variant_id BIGINT PRIMARY KEY REFERENCES variants (id),
	seller_id  BIGINT NOT NULL REFERENCES sellers (id),
	on_hand    BIGINT NOT NULL CONSTRAINT stock_not_negative CHECK (on_hand >= 0)
);

CREATE TABLE stock_movements (
	id            {{id}},
	variant_id    BIGINT NOT NULL REFERENCES variants (id),
	delta         BIGINT NOT NULL,
	reason        TEXT NOT NULL CHECK (reason IN ('opening', 'import', 'sale', 'cancel', 'restock', 'return', 'correction')),
	order_line_id BIGINT,
	actor_kind    TEXT NOT NULL,
	actor_id      BIGINT NOT NULL,
	at            BIGINT NOT NULL
);
CREATE INDEX stock_movements_variant ON stock_movements (variant_id);

CREATE TABLE catalog_changes (
	id         {{id}},
	seq        BIGINT,
	kind       TEXT NOT NULL CHECK (kind IN ('product', 'stock', 'store', 'category')),
	object_id  BIGINT NOT NULL,
	at         BIGINT NOT NULL
);
CREATE UNIQUE INDEX catalog_changes_seq ON catalog_changes (seq);
CREATE INDEX catalog_changes_waiting ON catalog_changes (id) WHERE seq IS NULL;

CREATE TABLE delivery_methods (
	id         {{id}},
	public_id  TEXT NOT NULL UNIQUE,
	seller_id  BIGINT NOT NULL REFERENCES sellers (id),
	name       TEXT NOT NULL,
	kind       TEXT NOT NULL CHECK (kind IN ('flat', 'free_over', 'zone_weight')),
	price      BIGINT NOT NULL CHECK (price >= 0),
	free_over  BIGINT NOT NULL CHECK (free_over >= 0),
	extra_days BIGINT NOT NULL CHECK (extra_days >= 0),
	position   BIGINT NOT NULL,
	active     BOOLEAN NOT NULL
);
CREATE INDEX delivery_methods_seller ON delivery_methods (seller_id, position);

CREATE TABLE delivery_rates (
	method_id    BIGINT NOT NULL REFERENCES delivery_methods (id),
	zone         TEXT NOT NULL,
	max_weight_g BIGINT NOT NULL,
	price        BIGINT NOT NULL CHECK (price >= 0),
	PRIMARY KEY (method_id, zone, max_weight_g)
);

CREATE TABLE imports (
	id           {{id}},
	public_id    TEXT NOT NULL UNIQUE,
	store_id     BIGINT NOT NULL REFERENCES stores (id),
	file_name    TEXT NOT NULL,
	blob         TEXT NOT NULL,
	sha256       TEXT NOT NULL,
	format       TEXT NOT NULL,
	mapping      TEXT NOT NULL,
	status       TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed')),
	checkpoint   BIGINT NOT NULL,
	created      BIGINT NOT NULL,
	changed      BIGINT NOT NULL,
	same         BIGINT NOT NULL,
	wrong        BIGINT NOT NULL,
	last_error   TEXT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL
);

CREATE TABLE import_issues (
	id          {{id}},
	import_id   BIGINT NOT NULL REFERENCES imports (id),
	row_number  BIGINT NOT NULL,
	column_name TEXT NOT NULL,
	value       TEXT NOT NULL,
	level       TEXT NOT NULL CHECK (level IN ('error', 'warning', 'note')),
	message     TEXT NOT NULL,
	args        TEXT NOT NULL
);
CREATE INDEX import_issues_import ON import_issues (import_id, id);

-- Every change of the catalogue takes this row first and keeps it to the commit:
-- changes happen one after another, and caches know by n whether they are fresh.
CREATE TABLE product_version (
	id BIGINT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
);
INSERT INTO product_version (id, n) VALUES (1, 0);

CREATE TABLE product_brand (
	slug TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	rev BIGINT NOT NULL,
	updated_us BIGINT NOT NULL
);

CREATE TABLE product_model (
	name TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	rev BIGINT NOT NULL,
	updated_us BIGINT NOT NULL
);

CREATE TABLE product_item (
	gtin TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	rev BIGINT NOT NULL,
	updated_us BIGINT NOT NULL
);

-- body describes the picture; data is the file, in base 64.
CREATE TABLE product_image (
	name TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	rev BIGINT NOT NULL,
	updated_us BIGINT NOT NULL,
	hash TEXT NOT NULL,
	data TEXT NOT NULL
);
CREATE INDEX product_image_hash ON product_image (hash);

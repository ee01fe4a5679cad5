-- Key sets: one row for each epoch. keys is sealed by the vault.
CREATE TABLE keyset_epoch (
	name TEXT NOT NULL,
	epoch BIGINT NOT NULL,
	scheme TEXT NOT NULL,
	mode TEXT NOT NULL,
	layout TEXT NOT NULL,
	meta_slot BIGINT NOT NULL,
	file_slot BIGINT NOT NULL,
	version BIGINT NOT NULL,
	system_id TEXT NOT NULL,
	template TEXT NOT NULL,
	options TEXT NOT NULL,
	keys TEXT NOT NULL,
	check_meta TEXT NOT NULL,
	check_file TEXT NOT NULL,
	test BOOLEAN NOT NULL,
	created_us BIGINT NOT NULL,
	retired_us BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (name, epoch)
);

-- Chips. last_ctr is -1 until the first tap. What every tap changes stands here and
-- nowhere else: the claim of a counter writes it all. shared says that another chip
-- is on the same item; rev grows with every change of the chip or its item that is no
-- tap, so that what was remembered of both can be checked by the claim.
CREATE TABLE tag_chip (
	id TEXT NOT NULL PRIMARY KEY,
	set_name TEXT NOT NULL,
	epoch BIGINT NOT NULL,
	uid TEXT NOT NULL,
	gtin TEXT NOT NULL,
	serial TEXT NOT NULL,
	status TEXT NOT NULL,
	last_ctr BIGINT NOT NULL,
	last_us BIGINT NOT NULL DEFAULT 0,
	last_op TEXT NOT NULL DEFAULT '',
	taps BIGINT NOT NULL DEFAULT 0,
	first_us BIGINT NOT NULL DEFAULT 0,
	sealed_us BIGINT NOT NULL DEFAULT 0,
	sealed_by TEXT NOT NULL DEFAULT '',
	shared BOOLEAN NOT NULL DEFAULT FALSE,
	rev BIGINT NOT NULL DEFAULT 0,
	simulated BOOLEAN NOT NULL,
	batch TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	UNIQUE (set_name, epoch, uid),
	FOREIGN KEY (set_name, epoch) REFERENCES keyset_epoch (name, epoch)
);
CREATE INDEX tag_chip_item ON tag_chip (gtin, serial);

-- The state that a virtual chip would keep in its own memory.
CREATE TABLE tag_virtual (
	chip TEXT NOT NULL PRIMARY KEY REFERENCES tag_chip (id) ON DELETE CASCADE,
	counter BIGINT NOT NULL,
	loop_open BOOLEAN NOT NULL,
	latched BOOLEAN NOT NULL,
	last_url TEXT NOT NULL
);

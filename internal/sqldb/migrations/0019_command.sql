-- What devices should be like: the newest wishes of each.
CREATE TABLE command_desired (
	device BIGINT NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,
	doc TEXT NOT NULL,
	changed_us BIGINT NOT NULL
);

-- What devices are told to do once. due_us is when it expires, or stops to wait for an
-- answer; 0 when nothing is waited for.
CREATE TABLE command_command (
	id TEXT NOT NULL PRIMARY KEY,
	device BIGINT NOT NULL,
	name TEXT NOT NULL,
	args TEXT NOT NULL,
	state TEXT NOT NULL,
	class TEXT NOT NULL,
	guarded BIGINT NOT NULL,
	ordered_by TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	repeat_key TEXT NOT NULL,
	job TEXT NOT NULL,
	code TEXT NOT NULL,
	result TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	expires_us BIGINT NOT NULL,
	sent_us BIGINT NOT NULL,
	changed_us BIGINT NOT NULL,
	due_us BIGINT NOT NULL
);
CREATE INDEX command_command_device ON command_command (device, id);
CREATE INDEX command_command_due ON command_command (due_us);
CREATE UNIQUE INDEX command_command_repeat ON command_command (device, ordered_by, repeat_key) WHERE repeat_key <> '';

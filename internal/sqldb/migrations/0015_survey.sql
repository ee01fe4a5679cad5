-- What tags and reports tell of a thing that events name: kept beside its state, so
-- that a survey need not ask elsewhere. 0 is not known.
ALTER TABLE journey_item ADD COLUMN opened_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE journey_item ADD COLUMN drained_us BIGINT NOT NULL DEFAULT 0;

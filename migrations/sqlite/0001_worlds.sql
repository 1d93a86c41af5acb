-- Ids are lower-case GUIDs as text, moments are UTC milliseconds, amounts are ten-thousandths of a
-- dollar. Columns ending in _at are on the world's clock unless they say "wall".

-- One row is one secret of the server itself, shared by all processes on this database.
CREATE TABLE server_keys (
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT server_keys_pkey PRIMARY KEY (name)
);

-- One row is one world: everything else belongs to one of these.
CREATE TABLE programs (
    program_code    TEXT   NOT NULL,
    -- Grows with every change of settings, clock or faults; tells a stale copy from a fresh one.
    version         BIGINT NOT NULL,
    settings        TEXT   NOT NULL,
    -- The clock's past, as JSON: which wall moment showed which world moment.
    clock           TEXT   NOT NULL,
    -- The clock's present for use in SQL: a frozen moment, or the distance from the wall clock.
    clock_frozen_at BIGINT,
    clock_offset_ms BIGINT NOT NULL,
    created_wall_at BIGINT NOT NULL,
    CONSTRAINT programs_pkey PRIMARY KEY (program_code)
);

-- One row counts the people invented for a world, so that none is handed out twice.
CREATE TABLE people (
    program_code TEXT   NOT NULL,
    issued       BIGINT NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (program_code)
);

-- One row is one fault rule of a world.
CREATE TABLE faults (
    program_code TEXT   NOT NULL,
    fault_id     TEXT   NOT NULL,
    position     BIGINT NOT NULL,
    rule         TEXT   NOT NULL,
    -- How often a call has matched, and how often the effect was applied.
    matched      BIGINT NOT NULL,
    applied      BIGINT NOT NULL,
    CONSTRAINT faults_pkey PRIMARY KEY (program_code, fault_id)
);
